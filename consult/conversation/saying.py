"""Say something: stored once, numbered in the transaction, told after its commit.

`say` is `say_many` of one. Messages that arrive together go down together, and one that is
refused never takes its neighbours with it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consult.conversation import alarming
from consult.conversation.roomrow import key_of
from consult.conversation.storing import Batch, Entry
from consult.conversation.wording import fingerprint, trimmed
from consult.models import Communication, Encounter
from portal.accounts.actor import Actor
from portal.realtime.refusal import CommandRefused, not_found, unavailable


@dataclass(frozen=True, slots=True)
class Said:
    """The promise: this message is stored under this number."""

    seq: int
    sent: datetime
    client_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wants to say, not stored yet."""

    actor: Actor
    encounter_id: uuid.UUID
    client_id: uuid.UUID
    text: str = ""
    kind: str = Communication.Kind.TEXT
    body: dict[str, Any] = field(default_factory=dict)
    digest: str = ""  # of a file: what makes it the same file
    origin: int = 0  # the socket that is told by its acknowledgement


Outcome = Said | CommandRefused


def say(actor: Actor, encounter: Encounter | uuid.UUID, client_id: uuid.UUID, text: str) -> Said:
    """Store one message. Raises CommandRefused with a code of chat.md."""
    return said(Words(actor, key_of(encounter), client_id, text))


def said(words: Words) -> Said:
    """Store one message of any kind. Raises CommandRefused."""
    outcome = say_many([words])[0]
    if isinstance(outcome, CommandRefused):
        raise outcome
    return outcome


def say_many(batch: Sequence[Words]) -> list[Outcome]:
    """Store messages in one transaction; each gets its own outcome, in the order given."""
    drafts = [_Draft(words) for words in batch]
    try:
        _store(drafts)
    except IntegrityError:  # somebody else stored one of them since we looked
        drafts = [_Draft(words) for words in batch]
        for draft in drafts:
            _store([draft])
    return [draft.outcome or unavailable() for draft in drafts]


class _Draft:
    """One message on its way: cleaned, then given an outcome."""

    __slots__ = ("entry", "outcome", "words")

    def __init__(self, words: Words) -> None:
        self.words = words
        self.outcome: Outcome | None = None
        text = words.text
        try:
            if words.kind == Communication.Kind.TEXT or text:
                text = trimmed(text)
        except CommandRefused as refusal:
            self.outcome = refusal
        mark = fingerprint(
            words.actor.user_id, words.client_id, f"{words.kind}\n{words.digest or text}"
        )
        self.entry = Entry(words.client_id, mark, text, words.kind, words.body, words.origin)


@transaction.atomic
def _store(drafts: Sequence[_Draft]) -> None:
    open_drafts = [draft for draft in drafts if draft.outcome is None]
    batch = Batch((draft.words.encounter_id, draft.words.client_id) for draft in open_drafts)
    alarms = alarming.Alarms(batch)
    for draft in open_drafts:
        draft.outcome = _take(batch, alarms, draft)
    batch.store()
    alarms.raise_all()


def _take(batch: Batch, alarms: alarming.Alarms, draft: _Draft) -> Outcome:
    """Decide over one message: who may, whether now, whether it is here already."""
    room = batch.rooms.get(draft.words.encounter_id)
    author = room.author(draft.words.actor) if room else None
    if room is None or author is None:
        return not_found()
    known = batch.known(room, draft.entry)
    if known is None and not room.is_open(batch.now):
        return not_open()
    if known is None:
        known = batch.add(room, author, draft.entry)
        alarms.listen(room, author, draft.entry.text)
    elif known.fingerprint != draft.entry.fingerprint:
        return conflict()
    return Said(known.seq, known.sent, draft.words.client_id)


def not_open() -> CommandRefused:
    return CommandRefused(
        "not_open", _("This conversation is closed. For anything new, please book again.")
    )


def conflict() -> CommandRefused:
    return CommandRefused(
        "conflict", _("Another message was already sent under this number. Please write it anew.")
    )
