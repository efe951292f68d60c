"""Every socket of this process, by person, by session and by conversation."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from typing import Any

from portal.realtime import limits, reading
from portal.realtime.registry import hooks
from portal.realtime.rooms import News, Room
from portal.realtime.socket import Socket, encode

logger = logging.getLogger(__name__)


class Switchboard:
    """A dictionary beats a group: news find their sockets without asking anybody."""

    def __init__(self) -> None:
        self.rooms: dict[uuid.UUID, Room] = {}
        self.people: defaultdict[uuid.UUID | None, list[Socket]] = defaultdict(list)
        self.sockets: set[Socket] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    # who is here

    def enter(self, socket: Socket) -> None:
        self.sockets.add(socket)
        theirs = self.people[socket.actor.user_id]
        theirs.append(socket)
        if len(theirs) > limits.SOCKETS_A_PERSON:
            theirs[0].close(limits.Close.REPLACED)
            self.leave(theirs[0])

    def leave(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        for room in list(socket.rooms):
            self.quit(socket, room)
        theirs = self.people[socket.actor.user_id]
        if socket in theirs:
            theirs.remove(socket)
        if not theirs:
            del self.people[socket.actor.user_id]

    def join(self, socket: Socket, room_id: uuid.UUID) -> Room:
        """Listen from now on; what arrives before `settle` is kept back."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = Room(room_id, self.read_gap)
        room.sockets.add(socket)
        socket.opening.setdefault(room_id, [])
        return room

    def settle(self, socket: Socket, room: Room, seq: int) -> None:
        """The socket has been told everything up to `seq`: now the news kept back."""
        kept = socket.opening.pop(room.id, [])
        if socket not in room.sockets:
            return
        socket.rooms[room.id] = max(seq, socket.rooms.get(room.id, 0))
        for news in kept:
            if news.frame:
                socket.tell_message(room.id, news.seq, news.frame)
            else:
                socket.knows(room.id, news.seq)

    def quit(self, socket: Socket, room_id: uuid.UUID) -> None:
        socket.rooms.pop(room_id, None)
        socket.opening.pop(room_id, None)
        room = self.rooms.get(room_id)
        if room is None:
            return
        room.sockets.discard(socket)
        if not room.sockets:
            if room.timer:
                room.timer.cancel()
            del self.rooms[room_id]

    # what is told

    def hear_news(self, batch: Iterable[News]) -> None:
        for news in batch:
            room = self.rooms.get(news.room)
            if room is not None:
                room.hear(news)

    def tell_room(self, room_id: uuid.UUID, event: dict[str, Any], but: uuid.UUID | None) -> None:
        room = self.rooms.get(room_id)
        if room is None:
            return
        if event.get("type") == "consult.state":
            room.state = event.get("state", room.state)
        room.tell_all(encode(event), but)

    def tell_person(self, person: uuid.UUID, event: dict[str, Any]) -> None:
        """Events of the queue go only to sockets that watch it."""
        frame, of_queue = encode(event), str(event.get("type")).startswith("queue.")
        for socket in list(self.people.get(person, ())):
            if socket.watches_queue or not of_queue:
                socket.tell(frame)

    def tell_everybody(self, event: dict[str, Any]) -> None:
        frame = encode(event)
        for socket in self.sockets:
            socket.tell(frame)

    # who must go

    def end_session(self, key: str) -> None:
        for socket in [one for one in self.sockets if one.actor.session_key == key]:
            self.end(socket, limits.Close.SIGNED_OUT)

    def end_person(self, person: uuid.UUID, code: int) -> None:
        for socket in list(self.people.get(person, ())):
            self.end(socket, code)

    def withdraw(self, person: uuid.UUID, room_id: uuid.UUID) -> None:
        """A person lost this conversation: their sockets in it close (4403)."""
        for socket in list(self.people.get(person, ())):
            if room_id in socket.rooms or room_id in socket.opening:
                self.end(socket, limits.Close.WITHDRAWN)

    def end(self, socket: Socket, code: int) -> None:
        self.leave(socket)
        socket.close(code)

    # what was missed

    def read_gap(self, room: Room) -> None:
        self.start(self._read_gap(room))

    async def _read_gap(self, room: Room) -> None:
        """Read from the rows what did not arrive by itself."""
        told = room.told or 0
        for seq, frame in await reading.run(hooks.rooms.events_after, room.id, told):
            room.hear(News(room.id, seq, frame))

    def catch_up(self, socket: Socket) -> None:
        """A slow reader has read: give it from the rows what was dropped."""
        for room_id in list(socket.rooms):
            if room_id in self.rooms:
                self.start(self._catch_up(socket, self.rooms[room_id]))

    async def _catch_up(self, socket: Socket, room: Room) -> None:
        while room.id in socket.rooms and not socket.behind and not socket.closing:
            seq = socket.rooms[room.id]
            page = await reading.run(hooks.rooms.events_after, room.id, seq)
            for number, frame in page:
                await socket.until_line_is_short()
                socket.tell_message(room.id, number, frame)
            if not page:
                socket.tell(encode(_state(room)))
                return

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background, held so that it is not collected, heard when it fails."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.warning("catching up failed: %s", type(error).__name__)


def _state(room: Room) -> dict[str, Any]:
    return {"type": "consult.state", "encounter": str(room.id), "state": room.state}


switchboard = Switchboard()
