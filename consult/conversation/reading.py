"""How far each person has read; only ever forward (R33)."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from consult.conversation.looking import room_of
from consult.conversation.roomrow import key_of
from consult.models import Encounter, ReadMark
from portal.accounts.actor import Actor
from portal.realtime import publish


def read_up_to(actor: Actor, encounter: Encounter | uuid.UUID, seq: int) -> int:
    """Mark as read up to `seq` and tell the room; the mark that stands now is returned."""
    room = room_of(actor, key_of(encounter))
    seq = min(seq, room.last_seq)
    mark = ReadMark.objects.filter(encounter_id=room.id, person_id=actor.user_id)
    if not _forward(room.id, actor.user_id, seq):
        return mark.values_list("seq", flat=True).first() or 0
    event = {"type": "consult.read", "encounter": str(room.id), "person": str(actor.user_id)}
    publish.to_room(room.id, {**event, "seq": seq})
    return seq


def _forward(room: uuid.UUID, person: uuid.UUID | None, seq: int) -> bool:
    """True when the mark moved; a mark that is further already stays."""
    mark = ReadMark.objects.filter(encounter_id=room, person_id=person)
    if mark.filter(seq__lt=seq).update(seq=seq):
        return True
    if person is None or seq == 0 or mark.exists():
        return False
    try:
        with transaction.atomic():
            ReadMark(encounter_id=room, person_id=person, seq=seq).save()
    except IntegrityError:  # another tab was quicker
        return bool(mark.filter(seq__lt=seq).update(seq=seq))
    return True
