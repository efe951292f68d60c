"""Commands that arrive together go down together: one thread, one lasting connection.

While one transaction is being committed the next commands gather, and all of them are the next
transaction. A quiet server commits each command alone; a busy one commits a hundred at once.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import DatabaseError, InterfaceError, connections

from portal.realtime import limits
from portal.realtime.refusal import CommandRefused, unavailable

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
logger = logging.getLogger(__name__)
MOST = 256  # commands in one transaction


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item]):
    item: Item
    future: asyncio.Future[object]


class GroupCommit(Generic[Item, Outcome]):
    """`deed` stores many and returns one outcome each; a CommandRefused among them is raised."""

    def __init__(
        self, deed: Callable[[Sequence[Item]], Sequence[Outcome | CommandRefused]]
    ) -> None:
        self.deed = deed
        self._line: queue.SimpleQueue[_Waiting[Item] | None] = queue.SimpleQueue()
        self._promised: deque[tuple[float, asyncio.Future[object]]] = deque()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    async def do(self, item: Item) -> Outcome:
        """The outcome after its commit. Raises CommandRefused; `unavailable` when in doubt."""
        self._start()
        loop = asyncio.get_running_loop()
        waiting = _Waiting(item, loop.create_future())
        self._promised.append((loop.time() + limits.SAY_SECONDS, waiting.future))
        if len(self._promised) == 1:
            loop.call_later(1, self._expire, loop)
        self._line.put(waiting)
        outcome = await waiting.future
        if isinstance(outcome, CommandRefused):
            raise outcome
        return outcome  # type: ignore[return-value]

    def stop(self) -> None:
        """Let the thread finish and close its connection (tests, a database to be dropped)."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._line.put(None)
            thread.join()

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer for all: whoever waited too long is told so, and is not stored any more."""
        while self._promised:
            until, future = self._promised[0]
            if not future.done() and until > loop.time():
                loop.call_later(1, self._expire, loop)
                return
            if not future.done():
                future.set_result(unavailable())
            self._promised.popleft()

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(
                        target=self._work, name="live-write", daemon=True
                    )
                    self._thread.start()

    def _work(self) -> None:
        try:
            while batch := self._gather():
                outcomes = self._commit([waiting.item for waiting in batch])
                _tell(batch, outcomes)
        finally:
            connections.close_all()

    def _gather(self) -> list[_Waiting[Item]]:
        """What waits now; whoever stopped waiting is not stored any more. Empty to end."""
        while True:
            batch: list[_Waiting[Item]] = []
            first = self._line.get()
            while first is not None:
                if not first.future.done():
                    batch.append(first)
                if len(batch) >= MOST or self._line.empty():
                    break
                first = self._line.get_nowait()
            if batch or first is None:
                return batch

    def _commit(self, items: Sequence[Item]) -> Sequence[object]:
        try:
            return self.deed(items)
        except Exception as error:
            logger.warning("a batch of %d was not stored: %s", len(items), type(error).__name__)
            if isinstance(error, DatabaseError | InterfaceError):
                connections.close_all()  # the connection may be gone; the next try opens one
            return [self._alone(item) for item in items]

    def _alone(self, item: Item) -> object:
        """Again by itself, so that one bad message never fails its neighbours."""
        try:
            return self.deed([item])[0]
        except Exception as error:
            logger.warning("a message was not stored: %s", type(error).__name__)
            if isinstance(error, DatabaseError | InterfaceError):
                connections.close_all()
            return unavailable()


def _tell(batch: Sequence[_Waiting[Item]], outcomes: Sequence[object]) -> None:
    """One call into the loop for the whole batch."""
    loop = batch[0].future.get_loop()
    try:
        loop.call_soon_threadsafe(_resolve, batch, outcomes)
    except RuntimeError:  # the server is going down; the clients will ask again
        logger.info("nobody is left to hear that %d messages were stored", len(batch))


def _resolve(batch: Sequence[_Waiting[Item]], outcomes: Sequence[object]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if not waiting.future.done():
            waiting.future.set_result(outcome)
