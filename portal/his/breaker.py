"""The circuit breaker: after a few failures the HIS is left alone, then asked by one (law 5).

The state lies in the cache, so all workers share it where the cache is Redis. Reads and
writes have their own: a HIS that cannot store may still be read.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from portal.his.errors import Unavailable

logger = logging.getLogger(__name__)

FAILURES = 5  # in a row, within WINDOW seconds
WINDOW = 60
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_ASKED = 2.0, 60.0, 300.0
PROBE_SECONDS = 20
KEPT = 3600


class Breaker:
    """One side (read or write) of one HIS."""

    def __init__(self, base_url: str, side: str) -> None:
        name = hashlib.sha256(base_url.encode()).hexdigest()[:24]
        self.failed, self.opened, self.probing = (
            f"his:breaker:{side}:{name}:{part}" for part in ("failed", "open", "probe")
        )

    def enter(self) -> Permit:
        """A permit to call; raises Unavailable while the breaker is open."""
        state = quietly(lambda: cache.get_many([self.failed, self.opened])) or {}
        opened = state.get(self.opened)
        if opened is None:
            return Permit(self, dirty=self.failed in state)
        wait = opened["until"] - time.time()
        if wait > 0:
            raise Unavailable("left alone after failures", retry_after=wait)
        if not quietly(lambda: cache.add(self.probing, 1, PROBE_SECONDS)):
            raise Unavailable("being tried by another", retry_after=FIRST_PAUSE)
        return Permit(self, dirty=True, pauses=opened["pauses"])

    def closed_again(self) -> None:
        quietly(lambda: cache.delete_many([self.failed, self.opened, self.probing]))

    def open(self, pauses: int, asked: float | None) -> None:
        """Leave the HIS alone: as long as it asked, else longer each time, with full jitter."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**pauses)
        pause = min(asked, LONGEST_ASKED) if asked else 1 + random.uniform(0, longest)
        state = {"until": time.time() + pause, "pauses": pauses + 1}
        quietly(lambda: cache.set(self.opened, state, KEPT))
        quietly(lambda: cache.delete(self.probing))

    def count(self) -> int:
        def add() -> int:
            cache.add(self.failed, 0, WINDOW)
            return cache.incr(self.failed)

        return quietly(add) or 1

    def is_open(self) -> bool:
        return bool(quietly(lambda: cache.get(self.opened)))


class Permit:
    """One call that was let through, and how it went."""

    def __init__(self, breaker: Breaker, *, dirty: bool, pauses: int | None = None) -> None:
        self.breaker, self.dirty, self.pauses = breaker, dirty, pauses

    def succeeded(self) -> None:
        if self.dirty:
            self.breaker.closed_again()

    def failed(self, retry_after: float | None = None) -> None:
        """A probe that fails, a HIS that names a time, or one failure too many opens it."""
        if self.pauses is not None:
            self.breaker.open(self.pauses, retry_after)
        elif retry_after or self.breaker.count() >= FAILURES:
            self.breaker.open(0, retry_after)


def quietly(ask: Any) -> Any:
    """A cache that is down must not take the HIS with it: then there is no breaker."""
    try:
        return ask()
    except (RedisError, OSError, ValueError) as error:  # ValueError: expired between add and incr
        logger.warning("breaker without cache: %s", type(error).__name__)
        return None
