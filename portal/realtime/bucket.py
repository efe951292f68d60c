"""How fast one person may write: a bucket that drains by writing and refills by waiting."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Hashable


class Bucket:
    """Holds `size` tokens and refills `rate` a second."""

    __slots__ = ("level", "rate", "size", "stamp")

    def __init__(self, size: float, rate: float) -> None:
        self.size, self.rate = size, rate
        self.level, self.stamp = float(size), time.monotonic()

    def take(self) -> int:
        """0 when a token was there, else the whole seconds to wait for one."""
        self._refill()
        if self.level >= 1:
            self.level -= 1
            return 0
        return max(1, math.ceil((1 - self.level) / self.rate))

    def spend(self) -> None:
        """Count a token that was taken elsewhere."""
        self._refill()
        self.level = max(0.0, self.level - 1)

    def is_full(self) -> bool:
        self._refill()
        return self.level >= self.size

    def _refill(self) -> None:
        now = time.monotonic()
        self.level = min(self.size, self.level + (now - self.stamp) * self.rate)
        self.stamp = now


MANY = 1000


class Buckets:
    """One bucket a person, shared by all sockets and threads of this process."""

    def __init__(self, size: float, rate: float) -> None:
        self.size, self.rate = size, rate
        self._of: dict[Hashable, Bucket] = {}
        self._lock = threading.Lock()
        self._many = MANY

    def __len__(self) -> int:
        return len(self._of)

    def __contains__(self, person: Hashable) -> bool:
        return person in self._of

    def take(self, person: Hashable) -> int:
        with self._lock:
            return self._bucket(person).take()

    def spend(self, person: Hashable) -> None:
        with self._lock:
            self._bucket(person).spend()

    def forget_full(self) -> None:
        """Let go of people who have not written for a while."""
        with self._lock:
            self._forget_full()

    def _forget_full(self) -> None:
        for person in [one for one, bucket in self._of.items() if bucket.is_full()]:
            del self._of[person]
        self._many = max(MANY, 2 * len(self._of))

    def _bucket(self, person: Hashable) -> Bucket:
        bucket = self._of.get(person)
        if bucket is None:
            if len(self._of) >= self._many:  # a process that holds no sockets has no sweeper
                self._forget_full()
            bucket = self._of[person] = Bucket(self.size, self.rate)
        return bucket
