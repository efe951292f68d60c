"""The waiting room and its door: who comes, who is next, who is called."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consult import charging, conversation
from consult.models import Appointment, Encounter, Slot
from consult.placing import announce, desk_state, place, place_of, waiting
from consult.rules import minutes
from consult.rules.doctors import not_qualified
from consult.telling import tell_hospital, tell_visit
from consult.workflow import APPOINTMENT, step
from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record.models import Patient, Practitioner
from portal.rounds import each
from portal.workflow import Refused

Status = Encounter.Status


class ProofNeeded(Refused):
    """The second factor must be shown before the first resident of a sitting (R7)."""

    def __init__(self) -> None:
        super().__init__(_("Please confirm first that it is you."))


class Occupied(Refused):
    """Somebody is with the doctor; another can be opened only knowingly."""

    def __init__(self, other: Encounter) -> None:
        super().__init__(
            _("%(name)s is still with you. Finish first, or open another visit beside it.")
            % {"name": other.patient.name}
        )
        self.other = other


@transaction.atomic
def arrive(actor: Actor, encounter: Encounter) -> Encounter:
    """The resident comes to the waiting room; a second tap changes nothing."""
    appointment = for_update(Appointment.objects).get(pk=encounter.appointment_id)
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if row.status in (Status.ARRIVED, Status.IN_PROGRESS):
        return row
    now = timezone.now()
    APPOINTMENT.apply("arrive", appointment, actor=actor)
    row = step("arrive", row, actor=actor, arrived_at=now)
    tell_hospital("his.appointment", appointment, status="arrived")
    if row.priority == Encounter.Priority.URGENT:
        tell_visit("visit-urgent-doctor", row, row.practitioner.user)
    announce(row)
    return row


def call_next(actor: Actor, *, proof: str = "", another: bool = False) -> Encounter | None:
    """Receive whoever is next; None when nobody waits."""
    with transaction.atomic():
        doctor = for_update(Practitioner.objects).get(user=actor.user)
        first = waiting(doctor.pk).first()
        return receive(actor, first, proof=proof, another=another) if first else None


@transaction.atomic
def receive(
    actor: Actor, encounter: Encounter, *, proof: str = "", another: bool = False
) -> Encounter:
    """Open the door to one resident. `proof` names how the doctor proved who they are (R7).

    Raises ProofNeeded, Occupied, or Refused with the sentence.
    """
    doctor = for_update(Practitioner.objects).get(pk=encounter.practitioner_id)
    for_update(Patient.objects).get(pk=encounter.patient_id)
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if row.status == Status.IN_PROGRESS and doctor.user_id == actor.user_id:
        return row
    today = doctor.organization.today()
    if reason := not_qualified(doctor, today) or _elsewhere(row):
        raise Refused(reason)
    if not proof:
        raise ProofNeeded
    if not another and (other := _in_progress(doctor)):
        raise Occupied(other)
    row = step("receive", row, actor=actor, started_at=timezone.now())
    journal.write(actor, "identify", row, method=proof)
    here = format_lazy(gettext_lazy("Dr {doctor} is here now."), doctor=doctor.name)
    conversation.system_note(row, here, code="doctor-came")
    tell_visit("visit-called", row, row.patient.user)
    announce(row)
    return row


def miss_absent(now: datetime | None = None) -> int:
    """Close the visits to which nobody came, without any consequence for the resident."""
    moment = now or timezone.now()
    late = Encounter.objects.filter(
        status=Status.PLANNED,
        appointment__status="booked",
        appointment__slot__end__lte=moment - minutes("consult.noshow_after_minutes"),
    )
    return each(late.order_by("pk"), _miss, moment)


@transaction.atomic
def _miss(encounter: Encounter, now: datetime) -> bool:
    for_update(Slot.objects).get(pk=encounter.appointment.slot_id)
    appointment = for_update(Appointment.objects).get(pk=encounter.appointment_id)
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if row.status != Status.PLANNED or appointment.status != Appointment.Status.BOOKED:
        return False
    charging.hold(appointment)
    APPOINTMENT.apply("miss", appointment, actor=SYSTEM)
    charging.give_back(SYSTEM, appointment, "noshow")
    why = Encounter.StopReason.NOSHOW
    row = step("miss", row, actor=SYSTEM, status_reason=why, ended_at=now)
    tell_hospital("his.appointment", appointment, status="noshow")
    tell_visit("visit-missed", row, row.patient.user)
    announce(row)
    return True


def _in_progress(doctor: Practitioner) -> Encounter | None:
    return (
        Encounter.objects.filter(practitioner=doctor, status=Status.IN_PROGRESS)
        .select_related("patient")
        .first()
    )


def _elsewhere(encounter: Encounter) -> str | None:
    """A resident talks with one doctor at a time."""
    other = (
        Encounter.objects.filter(patient_id=encounter.patient_id, status=Status.IN_PROGRESS)
        .exclude(pk=encounter.pk)
        .select_related("practitioner", "patient")
        .first()
    )
    if other is None:
        return None
    return _("%(name)s is with Dr %(doctor)s just now.") % {
        "name": other.patient.name,
        "doctor": other.practitioner.name,
    }


__all__ = [
    "Occupied",
    "ProofNeeded",
    "arrive",
    "call_next",
    "desk_state",
    "miss_absent",
    "place",
    "place_of",
    "receive",
]
