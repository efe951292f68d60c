"""One open socket of one person: what still has to be sent, and how far each room was sent."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.accounts.actor import Actor
from portal.realtime import limits
from portal.realtime.bucket import Bucket
from portal.realtime.wire import Send, Wire

logger = logging.getLogger(__name__)
_numbers = itertools.count(1)


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def encode(frame: dict[str, Any]) -> str:
    return _encoder.encode(frame)


@dataclass(slots=True)
class Waiting:
    """A frame in line; a message knows its room and number so that it can be read again."""

    frame: str
    room: uuid.UUID | None = None
    seq: int = 0
    is_answer: bool = False


class Socket:
    """Frames go out in order, in a bounded line; a slow reader loses the line, not the words."""

    __slots__ = (
        "actor", "behind", "bucket", "closing", "haste", "heard", "line", "line_size", "number",
        "on_drained", "opening", "refused", "rooms", "sending", "strikes", "typed", "watches_queue",
        "wire",
    )  # fmt: skip

    def __init__(self, actor: Actor, send: Send, on_drained: Callable[[Socket], None]) -> None:
        self.actor, self.wire, self.on_drained = actor, Wire(send), on_drained
        self.number = next(_numbers)
        self.heard = time.monotonic()
        self.rooms: dict[uuid.UUID, int] = {}  # how far this socket was told
        self.opening: dict[uuid.UUID, list[Waiting]] = {}  # news while a room is being read
        self.line: deque[Waiting] = deque()
        self.line_size = 0
        self.sending: asyncio.Task[None] | None = None
        self.behind = False
        self.closing = 0
        self.strikes: deque[float] = deque(maxlen=limits.MALFORMED_A_MINUTE)
        self.bucket = Bucket(limits.COMMANDS_BURST, limits.COMMANDS_A_SECOND)
        self.refused = 0
        self.typed = 0.0
        self.watches_queue = False

    def tell(self, frame: str) -> None:
        """An event that is only news for the moment."""
        if not self._goes_at_once(frame):
            self._put(Waiting(frame))

    def tell_message(self, room: uuid.UUID, seq: int, frame: str) -> None:
        """A message, once and in order; what comes out of order is read again by `catch_up`."""
        if room in self.opening:
            self.opening[room].append(Waiting(frame, room, seq))
        elif not self.behind and seq == self.rooms.get(room, -1) + 1:
            self.rooms[room] = seq
            if not self._goes_at_once(frame):
                self._put(Waiting(frame, room, seq))

    def knows(self, room: uuid.UUID, seq: int) -> None:
        """This socket learned of the message by its own acknowledgement."""
        if room in self.opening:
            self.opening[room].append(Waiting("", room, seq))
        elif not self.behind and seq == self.rooms.get(room, -1) + 1:
            self.rooms[room] = seq

    async def answer(self, fields: dict[str, Any]) -> None:
        """The answer to a command; straight out when nothing waits before it."""
        frame = encode(fields)
        if self._goes_at_once(frame):
            return
        if self.line or self.sending or self.wire.is_full():
            self._put(Waiting(frame, is_answer=True))
        else:
            await self.wire.send(frame)

    def close(self, code: int) -> None:
        """End the socket; answers in line still go out, news do not."""
        if not self.closing:
            self.closing = code
            self.line = deque(waiting for waiting in self.line if waiting.is_answer)
            self._start()

    async def until_there_is_room(self) -> None:
        """Wait before the next command while this client does not read its answers."""
        while self.line_size > limits.OUTBOX_BYTES // 2 and self.sending:
            await asyncio.wait([self.sending], timeout=1)

    async def until_line_is_short(self) -> None:
        """Wait until half of the line is free: catching up must not push itself out."""
        while len(self.line) > limits.OUTBOX_FRAMES // 2 and self.sending:
            await asyncio.wait([self.sending], timeout=0.2)

    def _goes_at_once(self, frame: str) -> bool:
        """True when nothing waits before it and it is written already."""
        if self.line or self.sending or self.closing or self.behind:
            return False
        return self.wire.write(frame)

    def _put(self, waiting: Waiting) -> None:
        if self.closing or (self.behind and not waiting.is_answer):
            return
        self.line.append(waiting)
        self.line_size += len(waiting.frame)
        if len(self.line) > limits.OUTBOX_FRAMES or self.line_size > limits.OUTBOX_BYTES:
            self._fall_behind()
        self._start()

    def _fall_behind(self) -> None:
        """Drop the events in line and remember from where to read them again."""
        for waiting in reversed(self.line):
            if waiting.room in self.rooms:
                self.rooms[waiting.room] = waiting.seq - 1
        self.line = deque(waiting for waiting in self.line if waiting.is_answer)
        self.line_size = sum(len(waiting.frame) for waiting in self.line)
        self.behind = True

    def _start(self) -> None:
        if self.sending is None:
            self.sending = asyncio.get_running_loop().create_task(self._empty())

    async def _empty(self) -> None:
        """Send what is in line; this socket's trouble stays this socket's."""
        try:
            while self.line or self.behind:
                if not self.closing and self.wire.is_full():
                    await asyncio.sleep(0.1)
                    continue
                if not self.line:
                    break
                waiting = self.line.popleft()
                self.line_size -= len(waiting.frame)
                await self.wire.send(waiting.frame)
            if self.closing:
                await self.wire.close(self.closing)
        except Exception as error:
            logger.info("a socket ended while it was written to: %s", type(error).__name__)
            self.closing = self.closing or limits.Close.SILENT
            self.line.clear()
        finally:
            self.sending = None
        if self.behind and not self.closing:
            self.behind = False
            self.on_drained(self)
