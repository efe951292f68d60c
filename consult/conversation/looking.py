"""Read a conversation: in order, in pages that fit a frame."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from consult.conversation import roomrow
from consult.conversation.message import WITHDRAWN, Author, Message, body_of
from consult.conversation.roomrow import RoomRow
from consult.models import Communication, Encounter, ReadMark
from portal.accounts.actor import Actor
from portal.realtime import limits
from portal.realtime.refusal import not_found
from portal.realtime.socket import encode


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
    marks = ReadMark.objects.filter(encounter_id=encounter_id).values_list("person_id", "seq")
    page = _page_after(room, after_seq) if before_seq is None else _page_before(room, before_seq)
    # Somebody may have spoken between the two questions: the answer never contradicts itself.
    newest = max((message.seq for message in page.messages), default=0)
    return View(
        page=page,
        last_seq=max(room.last_seq, newest),
        state=room.status,
        members=[person for person in room.people() if person.id],
        read={str(person): seq for person, seq in marks},
    )


def room_of(actor: Actor, encounter_id: uuid.UUID) -> RoomRow:
    visible = Encounter.objects.visible_to(actor).filter(pk=encounter_id)
    row = visible.values_list(*roomrow.FIELDS).first()
    if row is None:
        raise not_found()
    return RoomRow(*row)


def after(
    encounter: Encounter | uuid.UUID, seq: int = 0, limit: int = limits.PAGE_MESSAGES
) -> Page:
    """The messages after this number, oldest first. The caller has asked who may see them."""
    return _page_after(_room(encounter), seq, limit)


def before(
    encounter: Encounter | uuid.UUID, seq: int | None = None, limit: int = limits.PAGE_MESSAGES
) -> Page:
    """The newest messages before this number (or of all), oldest first."""
    return _page_before(_room(encounter), seq, limit)


def _room(encounter: Encounter | uuid.UUID) -> RoomRow:
    key = roomrow.key_of(encounter)
    return roomrow.as_they_are([key])[key]


def _page_before(room: RoomRow, seq: int | None, limit: int = limits.PAGE_MESSAGES) -> Page:
    found = Communication.objects.filter(encounter_id=room.id)
    if seq is not None:
        found = found.filter(seq__lt=seq)
    page = _page(room, found.order_by("-seq"), limit)
    return Page(page.messages[::-1], page.more)


def _page_after(room: RoomRow, seq: int, limit: int = limits.PAGE_MESSAGES) -> Page:
    found = Communication.objects.filter(encounter_id=room.id, seq__gt=seq)
    return _page(room, found.order_by("seq"), limit)


def _page(room: RoomRow, found: QuerySet[Communication], limit: int) -> Page:
    """As many as asked for, and no more bytes than a frame carries."""
    limit = min(limit, limits.PAGE_MESSAGES)
    names = room.names()
    messages: list[Message] = []
    size = 0
    for row in found[: limit + 1]:
        message = as_message(row, names)
        size += len(encode(message.wire()).encode()) + 1
        if len(messages) == limit or (messages and size > limits.PAGE_BYTES):
            return Page(messages, more=True)
        messages.append(message)
    return Page(messages, more=False)


def as_message(row: Communication, people: dict[uuid.UUID | None, Author]) -> Message:
    known = people.get(row.sender_id)
    name = known.name if known else ""
    author = Author(row.sender_id, name, row.author_kind)
    body = {"kind": WITHDRAWN} if row.withdrawn_at else body_of(row.kind, row.text, row.body)
    return Message(row.seq, row.client_id, author, row.sent, body)
