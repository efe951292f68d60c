"""The conversation and the queue over the socket (`docs/chat.md`)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any

from consult import conversation, queueing
from consult.conversation import Said, Words
from consult.conversation.message import moment
from consult.conversation.roomrow import as_they_are
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.realtime import limits, reading
from portal.realtime.group_commit import GroupCommit
from portal.realtime.refusal import CommandRefused, rate_limited
from portal.realtime.registry import Reply, RoomFacts, command, hooks
from portal.realtime.running import running, say_buckets
from portal.realtime.socket import Socket, encode
from portal.realtime.switchboard import switchboard

Fields = dict[str, Any]
writer: GroupCommit[Words, Said] = GroupCommit(conversation.say_many)


@command("consult.open", encounter=uuid.UUID, after=int)
async def open_room(socket: Socket, encounter: uuid.UUID, after: int) -> Reply:
    """What the client lacks, and everything from there on: nothing is lost in between."""
    told = socket.rooms.get(encounter)
    room = switchboard.join(socket, encounter)
    try:
        view = await reading.run(conversation.look, socket.actor, encounter, after)
    except BaseException as error:
        if told is None or isinstance(error, CommandRefused):
            switchboard.quit(socket, encounter)
        else:
            switchboard.settle(socket, room, told)
        raise
    read = view.page.messages[-1].seq if view.page.messages else 0
    newest = max(read, view.last_seq)
    room.start_at(newest, view.state)
    upto = newest if told is None else read
    return Reply(view.wire(), then=partial(switchboard.settle, socket, room, upto))


@command("consult.say", counts=False, encounter=uuid.UUID, client_id=uuid.UUID, text=str)
async def say(socket: Socket, encounter: uuid.UUID, client_id: uuid.UUID, text: str) -> Fields:
    if wait := say_buckets.take(socket.actor.user_id):
        raise rate_limited(wait)
    words = Words(socket.actor, encounter, client_id, text, origin=socket.number)
    said = await writer.do(words)
    return {"seq": said.seq, "sent": moment(said.sent), "client_id": str(said.client_id)}


@command("consult.read", encounter=uuid.UUID, seq=int)
async def read(socket: Socket, encounter: uuid.UUID, seq: int) -> Fields:
    await reading.run(conversation.read_up_to, socket.actor, encounter, seq)
    return {}


@command("consult.withdraw", encounter=uuid.UUID, seq=int)
async def withdraw(socket: Socket, encounter: uuid.UUID, seq: int) -> Fields:
    message = await reading.run(conversation.withdraw, socket.actor, encounter, seq)
    return {"seq": message.seq, "client_id": str(message.client_id)}


@command("consult.typing", needs_id=False, encounter=uuid.UUID)
async def typing(socket: Socket, encounter: uuid.UUID) -> None:
    """Passed on at most once in two seconds, and only into a room this socket has open."""
    now = time.monotonic()
    if encounter not in socket.rooms or now - socket.typed < limits.TYPING_SECONDS:
        return
    socket.typed = now
    person = str(socket.actor.user_id)
    event = {"type": "consult.typing", "encounter": str(encounter), "person": person}
    running.tell({"kind": "room", "room": str(encounter), "event": event, "but": person})


@command("consult.close", encounter=uuid.UUID)
async def close(socket: Socket, encounter: uuid.UUID) -> Fields:
    switchboard.quit(socket, encounter)
    return {}


@command("queue.watch")
async def watch(socket: Socket) -> Reply:
    """The state as it is now, as events after the answer; then every change."""
    socket.watches_queue = True
    events = await reading.run(hooks.queue, socket.actor)

    def tell() -> None:
        for event in events:
            socket.tell(encode(event))

    return Reply({}, then=tell)


class ConversationRooms:
    """Where the socket finds conversations again when news were missed."""

    def facts(self, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, RoomFacts]:
        return {
            key: RoomFacts(
                room.last_seq,
                room.status,
                frozenset(person.id for person in room.people() if person.id),
            )
            for key, room in as_they_are(ids).items()
        }

    def events_after(self, room: uuid.UUID, seq: int) -> list[tuple[int, str]]:
        page = conversation.after(room, seq)
        return [(message.seq, encode(message.event(room))) for message in page.messages]


def queue_of(actor: Actor) -> list[dict[str, Any]]:
    """A resident's own places, a doctor's own desk, as events."""
    if actor.role == User.Role.DOCTOR:
        return [{"type": "queue.changed", **queueing.desk_state(actor)}]
    return queueing.place_of(actor)


hooks.rooms = ConversationRooms()
hooks.queue = queue_of
