"""What the portal itself puts into a conversation: notices and cards, never advice (R8)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import translation

from consult.conversation.roomrow import key_of
from consult.conversation.saying import Said
from consult.conversation.storing import Batch, Entry
from consult.models import Communication, Encounter
from portal.realtime.refusal import Sentence, not_found


def system_note(
    encounter: Encounter | uuid.UUID, text: Sentence, key: uuid.UUID | None = None, **body: Any
) -> Said:
    """A notice to both. A translatable `text` is written in the resident's language.

    The same `key` twice is one notice. `body` holds codes for the page (`code="red-flag"`).
    """
    entry = Entry(key or uuid.uuid4(), "", body=body)
    return _put(encounter, entry, text)


def card(
    encounter: Encounter | uuid.UUID, kind: str, body: dict[str, Any], key: uuid.UUID | None = None
) -> Said:
    """Show something the portal holds: a prescription, a plan, a referral, a form."""
    entry = Entry(
        key or uuid.uuid4(), "", kind=Communication.Kind.CARD, body={**body, "card": kind}
    )
    return _put(encounter, entry, "")


@transaction.atomic
def _put(encounter: Encounter | uuid.UUID, entry: Entry, text: Sentence) -> Said:
    room_id = key_of(encounter)
    batch = Batch([(room_id, entry.client_id)])
    room = batch.rooms.get(room_id)
    if room is None:
        raise not_found()
    stored = batch.known(room, entry)
    if stored is None:
        with translation.override(room.language()):
            entry.text = str(text)
        stored = batch.add(room, room.system(), entry)
        batch.store()
    return Said(stored.seq, stored.sent, entry.client_id)
