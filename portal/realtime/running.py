"""The sockets' life in this process: started by the first one, kept up until the server ends."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from portal.realtime import sweeping
from portal.realtime.bucket import Buckets
from portal.realtime.bus import Bus, Hint
from portal.realtime.rooms import News
from portal.realtime.switchboard import switchboard

logger = logging.getLogger(__name__)
RESTART_SECONDS = 1.0
say_buckets = Buckets(settings.LIVE_SAY_BURST, settings.LIVE_SAY_A_SECOND)


class Running:
    """Which loop holds the sockets, and the tasks that serve them."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.bus: Bus | None = None
        self._tasks: list[asyncio.Task[None]] = []  # strong references: a lost task stops silently

    def start(self) -> None:
        """Once a loop, from the loop itself."""
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        self.loop = loop
        self.bus = Bus(settings.REDIS_URL, self.hear, sweeping.hurry)
        works: list[Callable[[], Awaitable[None]]] = [self._sweep]
        if settings.REDIS_URL:
            works += [self.bus.listen, self.bus.speak]
        self._tasks = [loop.create_task(_keep(work)) for work in works]

    def here(self, batch: list[News] | None, hint: Hint) -> bool:
        """Pass on to this process's sockets and the bus; False when no loop runs here."""
        if self.loop is None or self.loop.is_closed():
            return False
        try:
            self.loop.call_soon_threadsafe(self._here, batch, hint)
        except RuntimeError:  # closed between the two lines
            return False
        return True

    def tell(self, hint: Hint) -> None:
        """A hint from the loop itself."""
        self._here(None, hint)

    def _here(self, batch: list[News] | None, hint: Hint) -> None:
        if batch is not None:
            switchboard.hear_news(batch)
        else:
            self.hear(hint)
        if self.bus:
            self.bus.tell(hint)

    def hear(self, hint: Hint) -> None:
        """One hint, from this process or another."""
        try:
            HEARERS[hint["kind"]](hint)
        except (KeyError, ValueError, TypeError):
            logger.warning("a hint of another version was left out")  # a rolling deploy

    async def _sweep(self) -> None:
        await sweeping.sweep(lambda: bool(self.bus and self.bus.is_up), say_buckets.forget_full)


async def _keep(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            logger.warning("%s stopped, starts again: %s", work.__name__, type(error).__name__)
        await asyncio.sleep(RESTART_SECONDS)


def _hear_news(hint: Hint) -> None:
    batch = [News(uuid.UUID(room), seq, frame) for room, seq, frame, _who in hint["news"]]
    switchboard.hear_news(batch)
    for _room, _seq, _frame, sender in hint["news"]:
        if sender:  # what a person wrote elsewhere drains the same bucket
            say_buckets.spend(uuid.UUID(sender))


def _hear_room(hint: Hint) -> None:
    but = uuid.UUID(hint["but"]) if hint.get("but") else None
    switchboard.tell_room(uuid.UUID(hint["room"]), hint["event"], but)


HEARERS: dict[str, Callable[[Hint], Any]] = {
    "news": _hear_news,
    "room": _hear_room,
    "person": lambda hint: switchboard.tell_person(uuid.UUID(hint["person"]), hint["event"]),
    "end_session": lambda hint: switchboard.end_session(hint["session"]),
    "end_person": lambda hint: switchboard.end_person(uuid.UUID(hint["person"]), hint["code"]),
    "withdraw": lambda hint: switchboard.withdraw(
        uuid.UUID(hint["person"]), uuid.UUID(hint["room"])
    ),
    "everybody": lambda hint: switchboard.tell_everybody(hint["event"]),
}
running = Running()
