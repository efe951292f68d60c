"""Every few seconds: who is silent, who lost a right, which conversation has unheard news.

Pushes make things immediate; this makes them certain, also while the bus is away.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from portal.realtime import limits, reading, signing_in
from portal.realtime.registry import RoomFacts, hooks
from portal.realtime.rooms import Room
from portal.realtime.socket import Socket, encode
from portal.realtime.switchboard import switchboard

logger = logging.getLogger(__name__)
CHUNK = 500
REFRESH_SECONDS = 15.0  # how often watched queues are read again while the bus is away
Item = TypeVar("Item")
_hurry: asyncio.Event | None = None


def hurry() -> None:
    """Sweep now: the bus came back and news may have been missed."""
    if _hurry is not None:
        _hurry.set()


async def sweep(bus_is_up: Callable[[], bool], tidy: Callable[[], None]) -> None:
    """For ever. `tidy` lets go of what this process keeps of people who went quiet."""
    global _hurry
    _hurry = asyncio.Event()
    refreshed = time.monotonic()
    while True:
        was_called = await _pause(_hurry)
        try:
            tidy()
            end_silent()
            await end_signed_out()
            await check_rooms()
            if was_called or (not bus_is_up() and time.monotonic() - refreshed > REFRESH_SECONDS):
                refreshed = time.monotonic()
                await refresh_queues()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("rights could not be checked: %s", type(error).__name__)


async def _pause(event: asyncio.Event) -> bool:
    """True when somebody called for haste."""
    try:
        async with asyncio.timeout(limits.SWEEP_SECONDS):
            await event.wait()
    except TimeoutError:
        return False
    event.clear()
    return True


def end_silent() -> None:
    now = time.monotonic()
    for socket in list(switchboard.sockets):
        if now - socket.heard > limits.SILENCE_SECONDS:
            switchboard.end(socket, limits.Close.SILENT)


async def end_signed_out() -> None:
    """Close the sockets whose session is over, whose person was closed or changed (4401)."""
    for some in _chunks(list(switchboard.sockets)):
        valid = await reading.run(signing_in.still_valid, [socket.actor for socket in some])
        for socket in some:
            if (socket.actor.session_key, socket.actor.user_id) not in valid:
                switchboard.end(socket, limits.Close.SIGNED_OUT)


async def check_rooms() -> None:
    for some in _chunks(list(switchboard.rooms)):
        listening = {room_id: _listening(room_id) for room_id in some}
        facts = await reading.run(hooks.rooms.facts, some)
        for room_id in some:
            if room := switchboard.rooms.get(room_id):
                _check(room, facts.get(room_id), listening[room_id])


def _listening(room_id: UUID) -> list[Socket]:
    """Those that were let in; who still opens the room is judged at its door, and answered."""
    return [socket for socket in switchboard.rooms[room_id].sockets if room_id in socket.rooms]


def _check(room: Room, facts: RoomFacts | None, listening: list[Socket]) -> None:
    """Send away whom the rows no longer name; ask for what they have and we have not."""
    for socket in listening:
        if facts is None or socket.actor.user_id not in facts.members:
            switchboard.end(socket, limits.Close.WITHDRAWN)
    if facts is None or room.told is None:
        return
    if facts.last_seq > room.told:
        switchboard.read_gap(room)
    if facts.state != room.state:
        room.state = facts.state
        event = {"type": "consult.state", "encounter": str(room.id), "state": facts.state}
        room.tell_all(encode(event))


async def refresh_queues() -> None:
    for socket in [one for one in switchboard.sockets if one.watches_queue]:
        await tell_queue(socket)


async def tell_queue(socket: Socket) -> None:
    for event in await reading.run(hooks.queue, socket.actor):
        socket.tell(encode(event))


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
