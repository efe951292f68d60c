"""The life of an appointment, of a visit and of a note, as tables with their guards."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consult.models import Appointment, ConsultationRecord, Encounter, EncounterStatus, Slot
from consult.rules import limit, minutes
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.locking import for_update
from portal.workflow import Refused, Transition, Workflow, anyone

PROPOSED, BOOKED, ARRIVED, FULFILLED, NOSHOW, CANCELLED = Appointment.Status
Visit = Encounter.Status

APPOINTMENT_STATUS = {
    Visit.ARRIVED: "arrive",
    Visit.FINISHED: "fulfil",
}


def not_the_resident(actor: Actor, row: Appointment | Encounter) -> str | None:
    if actor.user_id != row.patient.user_id:
        return _("Only the resident can do this.")
    return None


def not_the_doctor(actor: Actor, row: Any) -> str | None:
    if actor.user_id != row.practitioner.user_id:
        return _("Only the doctor of this visit can do this.")
    return None


def not_the_clock(actor: Actor, row: Any) -> str | None:
    if actor.role != "system":
        return _("Only the portal itself does this.")
    return None


def hold_ran_out(actor: Actor, appointment: Appointment) -> str | None:
    """The held time must still be held for this resident."""
    slot = appointment.slot
    held = slot.status == Slot.Status.HELD and slot.held_for_id == appointment.patient_id
    if not held or slot.held_until is None or slot.held_until <= timezone.now():
        return _("The time was kept for you for %(minutes)d minutes and is free again.") % {
            "minutes": limit("consult.hold_minutes")
        }
    return not_the_resident(actor, appointment)


def too_late_to_cancel(actor: Actor, appointment: Appointment) -> str | None:
    """Residents cancel until the cut-off; doctors and managers whenever they must."""
    if actor.role == User.Role.MANAGER or actor.role == "system":
        return None
    if actor.role == User.Role.DOCTOR:
        return not_the_doctor(actor, appointment)
    cut_off = limit("consult.cancel_cutoff_minutes")
    is_kept = appointment.status != PROPOSED
    if is_kept and appointment.start - minutes("consult.cancel_cutoff_minutes") <= timezone.now():
        return _(
            "It begins in less than %(minutes)d minutes. Please call the centre, %(telephone)s:"
            " a visit that does not take place costs nothing."
        ) % {"minutes": cut_off, "telephone": appointment.organization.telecom}
    return not_the_resident(actor, appointment)


def waiting_room_closed(actor: Actor, row: Appointment | Encounter) -> str | None:
    """The waiting room opens half an hour before the time."""
    start = row.start if isinstance(row, Appointment) else row.promised_at
    opens = start - minutes("consult.waiting_room_opens_minutes")
    if timezone.now() < opens:
        local = timezone.localtime(opens, row.organization.zone)
        return _("The waiting room opens at %(time)s.") % {"time": f"{local:%H:%M}"}
    return not_the_resident(actor, row)


def note_not_signed(actor: Actor, encounter: Encounter) -> str | None:
    """No visit ends without its signed note (R35)."""
    note = ConsultationRecord.objects.filter(encounter=encounter).first()
    if note is None or note.status != ConsultationRecord.Status.FINAL:
        return _("Please sign the note first.")
    return not_the_doctor(actor, encounter)


APPOINTMENT = Workflow(
    "appointment",
    Transition("confirm", (PROPOSED,), BOOKED, hold_ran_out),
    Transition("arrive", (BOOKED,), ARRIVED, waiting_room_closed),
    Transition("fulfil", (ARRIVED,), FULFILLED, not_the_doctor),
    Transition("cancel", (PROPOSED, BOOKED, ARRIVED), CANCELLED, too_late_to_cancel),
    Transition("stop", (BOOKED, ARRIVED), CANCELLED, not_the_doctor),
    Transition("lapse", (PROPOSED,), CANCELLED, anyone),
    Transition("miss", (BOOKED,), NOSHOW, not_the_clock),
)

ENCOUNTER = Workflow(
    "encounter",
    Transition("arrive", (Visit.PLANNED,), Visit.ARRIVED, waiting_room_closed),
    Transition("receive", (Visit.ARRIVED,), Visit.IN_PROGRESS, not_the_doctor),
    Transition("finish", (Visit.IN_PROGRESS,), Visit.FINISHED, note_not_signed),
    Transition("terminate", (Visit.ARRIVED, Visit.IN_PROGRESS), Visit.CANCELLED, not_the_doctor),
    Transition("cancel", (Visit.PLANNED, Visit.ARRIVED), Visit.CANCELLED, anyone),
    Transition("miss", (Visit.PLANNED,), Visit.CANCELLED, not_the_clock),
)

NOTE = Workflow(
    "note",
    Transition(
        "sign",
        (ConsultationRecord.Status.DRAFT,),
        ConsultationRecord.Status.FINAL,
        not_the_doctor,
    ),
)


@transaction.atomic
def step(name: str, encounter: Encounter, *, actor: Actor, **facts: Any) -> Encounter:
    """Move a visit one step and keep the step itself, never overwritten (domain)."""
    before = for_update(Encounter.objects).get(pk=encounter.pk).status
    moved: Encounter = ENCOUNTER.apply(name, encounter, actor=actor, **facts)
    if moved.status != before:
        EncounterStatus.objects.create(
            encounter=moved, status=moved.status, at=timezone.now(), by=actor.user
        )
    return moved


__all__ = ["APPOINTMENT", "ENCOUNTER", "NOTE", "Refused", "step"]
