"""Messages on their way into the rows: numbered under the lock, told after the commit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from consult.conversation import rows
from consult.conversation.message import Author, Message, body_of
from consult.conversation.roomrow import RoomRow
from consult.models import Communication
from portal.realtime import publish
from portal.realtime.rooms import News
from portal.realtime.socket import encode


@dataclass(slots=True)
class Entry:
    """What is to be written, whoever says it."""

    client_id: uuid.UUID
    fingerprint: str
    text: str = ""
    kind: str = Communication.Kind.TEXT
    body: dict[str, Any] = field(default_factory=dict)
    origin: int = 0  # the socket that learns of it by its acknowledgement


class Batch:
    """Messages that go down in one transaction, over rooms that are locked for it."""

    def __init__(self, keys: Iterable[rows.Key]) -> None:
        self.rooms, self.stored = rows.look(keys)
        self.now = timezone.now()
        self.new: list[rows.Line] = []
        self.news: list[News] = []

    def known(self, room: RoomRow, entry: Entry) -> rows.Stored | None:
        return self.stored.get((room.id, entry.client_id))

    def add(self, room: RoomRow, author: Author, entry: Entry) -> rows.Stored:
        """Give the message the next number of its room."""
        room.last_seq += 1
        if author.kind == Communication.Author.DOCTOR and room.first_reply_at is None:
            room.first_reply_at = self.now
        self.new.append(
            {
                "encounter_id": room.id, "seq": room.last_seq, "client_id": entry.client_id,
                "sender_id": author.id, "author_kind": author.kind, "sent": self.now,
                "kind": entry.kind, "text": entry.text, "body": entry.body,
                "fingerprint": entry.fingerprint,
            }
        )  # fmt: skip
        body = body_of(entry.kind, entry.text, entry.body)
        message = Message(room.last_seq, entry.client_id, author, self.now, body)
        frame = encode(message.event(room.id))
        self.news.append(News(room.id, message.seq, frame, author.id, entry.origin))
        stored = rows.Stored(message.seq, self.now, entry.fingerprint)
        self.stored[room.id, entry.client_id] = stored
        return stored

    def store(self) -> None:
        if self.new:
            changed = {line["encounter_id"] for line in self.new}
            rows.store(self.new, [self.rooms[pk] for pk in changed])
            publish.news(self.news)
