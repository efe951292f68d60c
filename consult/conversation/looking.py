"""Read a conversation: in order, in pages that fit a frame."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from consult.conversation import roomrow
from consult.conversation.message import WITHDRAWN, Author, Message, body_of
from consult.conversation.roomrow import RoomRow
from consult.models import Communication, Encounter, ReadMark
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.realtime import limits
from portal.realtime.refusal import not_found
from portal.realtime.socket import encode
from portal.standing import Question

AND_ONE_MORE = limits.PAGE_MESSAGES + 1  # which says that there are more

_marks = Question(
    lambda room: ReadMark.objects.filter(encounter_id=room).values_list("person_id", "seq"),
    uuid.UUID,
)
_later = Question(
    lambda room, seq: Communication.objects.filter(encounter_id=room, seq__gt=seq).order_by("seq")[
        :AND_ONE_MORE
    ],
    uuid.UUID,
    int,
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages in order; `more` lie further on in the direction that was read."""

    messages: list[Message]
    more: bool

    def wire(self) -> list[dict[str, Any]]:
        return [message.wire() for message in self.messages]


@dataclass(frozen=True, slots=True)
class View:
    """A conversation as a member opens it."""

    page: Page
    last_seq: int
    state: str
    members: list[Author]
    read: dict[str, int]

    def wire(self) -> dict[str, Any]:
        return {
            "messages": self.page.wire(),
            "more": self.page.more,
            "last_seq": self.last_seq,
            "state": self.state,
            "members": [member.wire() for member in self.members],
            "read": self.read,
        }


def look(
    actor: Actor, encounter_id: uuid.UUID, after_seq: int = 0, *, before_seq: int | None = None
) -> View:
    """The room as this actor finds it. Raises CommandRefused `not_found` for a stranger."""
    room = room_of(actor, encounter_id)
    page = _page_after(room, after_seq) if before_seq is None else _page_before(room, before_seq)
    # Somebody may have spoken between the two questions: the answer never contradicts itself.
    newest = max((message.seq for message in page.messages), default=0)
    return View(
        page=page,
        last_seq=max(room.last_seq, newest),
        state=room.status,
        members=[person for person in room.people() if person.id],
        read={str(person): seq for person, seq in _marks.ask(encounter_id)},
    )


def room_of(actor: Actor, encounter_id: uuid.UUID) -> RoomRow:
    rows = _room_for(actor.role).ask(encounter_id, actor.user_id)
    if not rows:
        raise not_found()
    return RoomRow(*rows[0])


@cache
def _room_for(role: str) -> Question[tuple[Any, ...]]:
    """A room, if the person who asks in this role may see it."""

    def write(pk: uuid.UUID, person: uuid.UUID) -> Any:
        visible = Encounter.objects.visible_to(Actor(User(pk=person), role, None))
        return visible.filter(pk=pk).values_list(*roomrow.FIELDS)

    return Question(write, uuid.UUID, uuid.UUID)


def after(encounter: Encounter | uuid.UUID, seq: int = 0) -> Page:
    """The messages after this number, oldest first. The caller has asked who may see them."""
    return _page_after(_room(encounter), seq)


def before(encounter: Encounter | uuid.UUID, seq: int | None = None) -> Page:
    """The newest messages before this number (or of all), oldest first."""
    return _page_before(_room(encounter), seq)


def _room(encounter: Encounter | uuid.UUID) -> RoomRow:
    key = roomrow.key_of(encounter)
    return roomrow.as_they_are([key])[key]


def _page_before(room: RoomRow, seq: int | None) -> Page:
    found = Communication.objects.filter(encounter_id=room.id)
    if seq is not None:
        found = found.filter(seq__lt=seq)
    page = _page(room, found.order_by("-seq")[:AND_ONE_MORE])
    return Page(page.messages[::-1], page.more)


def _page_after(room: RoomRow, seq: int) -> Page:
    return _page(room, _later.ask(room.id, seq))


def _page(room: RoomRow, found: Iterable[Communication]) -> Page:
    """As many as a page holds, and no more bytes than a frame carries."""
    names = room.names()
    messages: list[Message] = []
    size = 0
    for row in found:
        message = as_message(row, names)
        size += len(encode(message.wire()).encode()) + 1
        if len(messages) == limits.PAGE_MESSAGES or (messages and size > limits.PAGE_BYTES):
            return Page(messages, more=True)
        messages.append(message)
    return Page(messages, more=False)


def as_message(row: Communication, people: dict[uuid.UUID | None, Author]) -> Message:
    known = people.get(row.sender_id)
    name = known.name if known else ""
    author = Author(row.sender_id, name, row.author_kind)
    body = {"kind": WITHDRAWN} if row.withdrawn_at else body_of(row.kind, row.text, row.body)
    return Message(row.seq, row.client_id, author, row.sent, body)
