"""What services hang into the socket: commands, the rooms' rows, and the queue's state."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from portal.accounts.actor import Actor
from portal.realtime import frames
from portal.realtime.frames import Frame
from portal.realtime.socket import Socket


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and what is to happen right after it went out."""

    fields: dict[str, Any]
    then: Callable[[], None]


Answer = dict[str, Any] | Reply | None
Handler = Callable[..., Awaitable[Answer]]
COMMANDS: dict[str, Command] = {}


@dataclass(frozen=True, slots=True)
class Command:
    """A deed a client may ask for over the socket."""

    handler: Handler
    fields: dict[str, type]
    needs_id: bool
    counts: bool

    async def run(self, socket: Socket, frame: Frame) -> Answer:
        """Do it; None when nothing (more) is to be answered."""
        values = {name: frames.field(frame, name, kind) for name, kind in self.fields.items()}
        return await self.handler(socket, **values)


def command(
    kind: str, *, needs_id: bool = True, counts: bool = True, **fields: type
) -> Callable[[Handler], Handler]:
    """Answer frames of this `type`. `fields` are read as str, int or UUID before the handler.

    A command that `counts` drains the socket's bucket; one that does not has a limit of its own.
    """

    def register(handler: Handler) -> Handler:
        COMMANDS[kind] = Command(handler, fields, needs_id, counts)
        return handler

    return register


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What the rows say about one conversation now."""

    last_seq: int
    state: str
    members: frozenset[uuid.UUID]


class Rooms(Protocol):
    """Where conversations are kept. Both are called in a thread that may read the database."""

    def facts(self, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, RoomFacts]:
        """The conversations that exist among these."""

    def events_after(self, room: uuid.UUID, seq: int) -> list[tuple[int, str]]:
        """The next page of messages as (seq, event frame), in order."""


class _NoRooms:
    def facts(self, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, RoomFacts]:
        return {}

    def events_after(self, room: uuid.UUID, seq: int) -> list[tuple[int, str]]:
        return []


Watch = Callable[[Actor], list[dict[str, Any]]]


@dataclass(slots=True)
class Hooks:
    """The services' own answers, set when their apps are ready."""

    rooms: Rooms
    queue: Watch  # the state of a person's queue as events; called in a reading thread


hooks = Hooks(rooms=_NoRooms(), queue=lambda actor: [])
