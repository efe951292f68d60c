"""Take back a message within two minutes: a stone stays, and the record keeps the first words."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consult.conversation import roomrow
from consult.conversation.looking import as_message, room_of
from consult.conversation.message import Message
from consult.models import Communication, Encounter
from portal.accounts.actor import Actor
from portal.realtime import publish
from portal.realtime.refusal import CommandRefused, not_found

WITHIN = timedelta(minutes=2)


@transaction.atomic
def withdraw(actor: Actor, encounter: Encounter | uuid.UUID, seq: int) -> Message:
    """Withdraw one's own message; again is the same. Raises CommandRefused."""
    room = room_of(actor, roomrow.key_of(encounter))
    roomrow.locked([room.id])
    row = Communication.objects.filter(encounter_id=room.id, seq=seq).first()
    if row is None or row.sender_id is None or row.sender_id != actor.user_id:
        raise not_found()
    if row.withdrawn_at is None:
        if timezone.now() > row.sent + WITHIN:
            raise CommandRefused(
                "not_open", _("Only messages of the last two minutes can be taken back.")
            )
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
    message = as_message(row, room.names())
    publish.to_room(room.id, message.event(room.id))
    return message
