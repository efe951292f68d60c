"""A sign that cannot wait was written: the words stay, it is urgent, the desk is told (R30)."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from consult import placing, rules
from consult.conversation.message import Author
from consult.conversation.roomrow import RoomRow
from consult.conversation.storing import Batch, Entry
from consult.models import Communication, Encounter
from portal.accounts.actor import SYSTEM
from portal.audit import journal
from portal.realtime import publish

CODE = "red-flag"
SAY_AGAIN_AFTER = timedelta(minutes=15)
WRITERS = frozenset({Communication.Author.RESIDENT, Communication.Author.HELPER})


class Alarms:
    """The alarms of one batch: noted as messages are taken, raised when they are stored."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.flags: dict[uuid.UUID, list[str]] = {}

    def listen(self, room: RoomRow, author: Author, text: str) -> None:
        """Only what the resident's side writes: a doctor may ask about chest pain."""
        if author.kind not in WRITERS or not (flags := rules.red_flags(text)):
            return
        if room.id not in self.flags and not self._said_lately(room):
            entry = Entry(uuid.uuid4(), "", emergency_sentence(room), body={"code": CODE})
            self.batch.add(room, room.system(), entry)
        self.flags.setdefault(room.id, []).extend(flags)

    def raise_all(self) -> None:
        """After the messages are stored; journal lines last, centre by centre."""
        rooms = [self.batch.rooms[key] for key in self.flags]
        for room in sorted(rooms, key=lambda room: (room.organization_id, room.id)):
            encounter = Encounter.objects.get(pk=room.id)
            before, encounter.priority = encounter.priority, Encounter.Priority.URGENT
            encounter.save(update_fields=["priority"])
            journal.write(
                SYSTEM, "red-flag", encounter, before=str(before), after=str(encounter.priority),
                flags=sorted(set(self.flags[room.id])),
            )  # fmt: skip
            _tell_the_desk(room, encounter)

    def _said_lately(self, room: RoomRow) -> bool:
        return Communication.objects.filter(
            encounter_id=room.id,
            author_kind=Communication.Author.SYSTEM,
            body__code=CODE,
            sent__gt=self.batch.now - SAY_AGAIN_AFTER,
        ).exists()


def emergency_sentence(room: RoomRow) -> str:
    """The emergency number, in the language the resident reads."""
    with translation.override(room.language()):
        return _(
            "What you write can be an emergency. Call %(number)s now, or ask somebody near you to "
            "call. Your message was kept and your doctor has been alerted."
        ) % {"number": settings.EMERGENCY_TELECOM}


def _tell_the_desk(room: RoomRow, encounter: Encounter) -> None:
    placing.announce(encounter)  # urgent goes first: every place has changed
    text = _("Urgent: %(name)s wrote of a sign that cannot wait.") % {"name": room.patient_name}
    url = reverse("consult:desk_encounter", args=[room.id])
    publish.to_person(room.doctor_user_id, {"type": "notice", "text": text, "url": url})
