"""One conversation as this process sees it: who listens, and up to which number they were told."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from portal.realtime import limits
from portal.realtime.socket import Socket


@dataclass(frozen=True, slots=True)
class News:
    """One message to pass on; without a frame it only says that the number exists."""

    room: uuid.UUID
    seq: int
    frame: str
    sender: uuid.UUID | None = None
    origin: int = 0  # the socket that said it, in the process that stored it


class Room:
    """Passes messages on in the order of their numbers; a gap waits a moment, then is read."""

    __slots__ = ("held", "id", "read_gap", "sockets", "state", "timer", "told")

    def __init__(self, room: uuid.UUID, read_gap: Callable[[Room], None]) -> None:
        self.id = room
        self.read_gap = read_gap
        self.sockets: set[Socket] = set()
        self.told: int | None = None  # None until somebody has read the rows
        self.state = ""
        self.held: dict[int, News] = {}
        self.timer: asyncio.TimerHandle | None = None

    def start_at(self, seq: int, state: str) -> None:
        """The first reader says where this room stands."""
        if self.told is None:
            self.told, self.state = seq, state
            self._pass_held()

    def hear(self, news: News) -> None:
        """Pass on what comes next; keep what comes too early; leave out what was told."""
        if self.told is not None and news.seq <= self.told:
            return
        kept = self.held.get(news.seq)
        if kept is None or not kept.frame:
            self.held[news.seq] = news
        self._pass_held()

    def _pass_held(self) -> None:
        if self.told is None:
            return
        while (news := self.held.get(self.told + 1)) is not None and news.frame:
            del self.held[news.seq]
            self.told = news.seq
            self._tell(news)
        for seq in [seq for seq in self.held if seq <= self.told]:
            del self.held[seq]
        if self.held and self.timer is None:
            loop = asyncio.get_running_loop()
            self.timer = loop.call_later(limits.GAP_SECONDS, self._gap)

    def _gap(self) -> None:
        self.timer = None
        if self.held:
            self.read_gap(self)

    def _tell(self, news: News) -> None:
        for socket in self.sockets:
            if socket.number == news.origin:
                socket.knows(self.id, news.seq)
            else:
                socket.tell_message(self.id, news.seq, news.frame)

    def tell_all(self, frame: str, but: uuid.UUID | None = None) -> None:
        """An event that is not stored; `but` leaves out one person."""
        for socket in self.sockets:
            if but is None or socket.actor.user_id != but:
                socket.tell(frame)
