"""Tell the open sockets, from any thread of any process, once the change is committed.

Inside a transaction every function waits for its commit; without one it speaks at once.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection, transaction

from portal.realtime import limits
from portal.realtime.bus import CHANNEL, Hint, said, wrapped
from portal.realtime.rooms import News
from portal.realtime.running import running

logger = logging.getLogger(__name__)
Event = dict[str, Any]
REST_SECONDS = 5.0  # after a failed PUBLISH, how long no page waits for the bus again
_rests_until = 0.0


def to_room(encounter_id: uuid.UUID, event: Event, but: uuid.UUID | None = None) -> None:
    """An event to everybody in a conversation; `but` leaves out one person."""
    _after_commit(
        {"kind": "room", "room": str(encounter_id), "event": event, "but": but and str(but)}
    )


def to_person(user_id: uuid.UUID, event: Event) -> None:
    """An event to every socket of a person; `queue.…` only where the queue is watched."""
    _after_commit({"kind": "person", "person": str(user_id), "event": event})


def news(batch: Sequence[News]) -> None:
    """New messages, in order: passed on as they are when small, else only as numbers."""
    told = list(batch)
    _when_committed(lambda: _tell_news(told))


def end_session(session_key: str) -> None:
    """A session ended: its sockets close (4401)."""
    _after_commit({"kind": "end_session", "session": session_key})


def end_person(user_id: uuid.UUID, code: int = limits.Close.SIGNED_OUT) -> None:
    """A person may not be here any more: all their sockets close."""
    _after_commit({"kind": "end_person", "person": str(user_id), "code": code})


def withdraw(user_id: uuid.UUID, encounter_id: uuid.UUID) -> None:
    """A person lost the right to one conversation: their sockets in it close (4403)."""
    _after_commit({"kind": "withdraw", "person": str(user_id), "room": str(encounter_id)})


def reload(within: int = 30) -> None:
    """Ask every client to connect again after a random delay (a deploy)."""
    _after_commit({"kind": "everybody", "event": {"type": "reload", "within": within}})


def _after_commit(hint: Hint) -> None:
    _when_committed(lambda: _tell(hint))


def _when_committed(deed: Callable[[], None]) -> None:
    if connection.in_atomic_block:
        transaction.on_commit(deed, robust=True)
    else:
        deed()


def _tell_news(batch: list[News]) -> None:
    size = sum(len(item.frame) for item in batch)
    lines = [
        [str(item.room), item.seq, item.frame if size <= limits.NEWS_BYTES else "",
         str(item.sender or "")]
        for item in batch
    ]  # fmt: skip
    hint = {"kind": "news", "news": lines}
    if not running.here(batch, hint):
        _publish(hint)


def _tell(hint: Hint) -> None:
    if not running.here(None, hint):
        _publish(hint)


def _publish(hint: Hint) -> None:
    """From a process without sockets. A bus that is away costs a page one second, not more."""
    global _rests_until
    if not settings.REDIS_URL or time.monotonic() < _rests_until:
        return
    try:
        _client(settings.REDIS_URL).publish(CHANNEL, wrapped([said(hint)]))
    except redis.RedisError as error:
        _rests_until = time.monotonic() + REST_SECONDS
        logger.warning("the bus is away, sockets will read by themselves: %s", type(error).__name__)


@lru_cache(maxsize=1)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
