"""A message as everybody sees it: the same in an event, in an answer and on a page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks, and in which part; the parts are never mixed (R8)."""

    id: uuid.UUID | None
    name: str
    kind: str  # doctor | resident | helper | system

    def wire(self) -> dict[str, Any]:
        return {"id": self.id and str(self.id), "name": self.name, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    seq: int
    client_id: uuid.UUID
    author: Author
    sent: datetime
    body: dict[str, Any]

    def wire(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "client_id": str(self.client_id),
            "author": self.author.wire(),
            "sent": moment(self.sent),
            "body": self.body,
        }

    def event(self, encounter_id: uuid.UUID) -> dict[str, Any]:
        return {"type": "consult.message", "encounter": str(encounter_id), **self.wire()}

    @property
    def is_withdrawn(self) -> bool:
        return self.body["kind"] == WITHDRAWN


def body_of(kind: str, text: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a message shows: its words, or its file or card with the words beside it."""
    shown = {**body, "kind": kind}
    if text:
        shown["text"] = text
    return shown


def moment(when: datetime) -> str:
    """A time as ISO 8601 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
