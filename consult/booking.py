"""A held time becomes an appointment; an appointment is moved or given back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consult import charging
from consult.asking import already_booked, keep_answers, not_bookable, said_already
from consult.holding import (
    SlotTaken,
    clear,
    expire_holds,
    hold,
    keep_held,
    near,
    release,
    seize,
    take,
)
from consult.models import Appointment, BookingDraft, Encounter, EncounterStatus, Slot
from consult.telling import tell, tell_hospital
from consult.workflow import APPOINTMENT, step, too_late_to_cancel
from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record import consent
from portal.record.models import Consent, ConsentText, Patient
from portal.workflow import Refused

Reason = Appointment.CancelReason


class HoldRanOut(Refused):
    """The ten minutes are over and the time must be chosen again."""


@transaction.atomic
def confirm(
    actor: Actor, appointment: Appointment, agreed: frozenset[str] = frozenset()
) -> Appointment:
    """Book the held time. `agreed` holds the ids of the consent texts just agreed to (R11, R12)."""
    patient = for_update(Patient.objects).get(pk=appointment.patient_id)
    slot = for_update(Slot.objects).get(pk=appointment.slot_id)
    appointment = for_update(Appointment.objects).get(pk=appointment.pk)
    if appointment.status != Appointment.Status.PROPOSED:
        return _repeated(appointment)
    keep_held(slot, appointment)
    if reason := not_bookable(patient):
        raise Refused(reason)
    if booked := already_booked(patient, appointment.practitioner):
        raise Refused(said_already(booked))
    charging.hold_open(appointment)
    agreement = _agree(actor, patient, agreed)
    booked = APPOINTMENT.apply("confirm", appointment, actor=actor, consent=agreement)
    Slot.objects.filter(pk=booked.slot_id).update(
        status=Slot.Status.BUSY, held_for=None, held_until=None
    )
    charging.charge(actor, booked)
    _plan(actor, booked)
    BookingDraft.objects.filter(patient=patient).delete()
    tell_hospital("his.book", booked, slot=str(booked.slot_id))
    tell("appointment-booked", booked)
    return booked


@transaction.atomic
def cancel(
    actor: Actor, appointment: Appointment, reason: str = Reason.OTHER, *, by: str = ""
) -> Appointment:
    """Give the time back; the visit falls away, everyone hears of it, nobody is punished."""
    for_update(Patient.objects).get(pk=appointment.patient_id)
    now_at = Appointment.objects.values_list("slot_id", flat=True).get(pk=appointment.pk)
    slot = for_update(Slot.objects).get(pk=now_at)
    row = for_update(Appointment.objects).get(pk=appointment.pk)
    if row.status == Appointment.Status.CANCELLED:
        return row
    was_held = row.status == Appointment.Status.PROPOSED
    by_resident = actor.user_id is not None and actor.user_id == row.patient.user_id
    visit = for_update(Encounter.objects).filter(appointment=row).first()
    charging.hold(row)
    facts = {"status_reason": reason, "cancelled_by": by or actor.role}
    row = APPOINTMENT.apply("cancel", row, actor=actor, **facts)
    release(slot, blocked=not by_resident)
    charging.give_back(actor, row, "cancelled" if by_resident else "withdrawn")
    if visit is not None:
        why = Encounter.StopReason.CANCELLED
        step("cancel", visit, actor=actor, status_reason=why, ended_at=timezone.now())
        if by != "hospital":
            tell_hospital("his.cancel", row, slot=str(row.slot_id))
    if not was_held:
        tell("appointment-cancelled" if by_resident else "appointment-withdrawn", row)
    if not by_resident and not was_held:
        keep_answers(row)
    return row


@transaction.atomic
def move(actor: Actor, appointment: Appointment, slot_id: uuid.UUID) -> Appointment:
    """Take the new time before the old one is given back, both or neither."""
    for_update(Patient.objects).get(pk=appointment.patient_id)
    if appointment.slot_id == slot_id:
        return appointment
    doctor = appointment.practitioner
    if not take(slot_id, doctor, status=Slot.Status.BUSY):
        raise SlotTaken(near(slot_id, doctor))
    old = for_update(Slot.objects).get(pk=appointment.slot_id)
    row = for_update(Appointment.objects).get(pk=appointment.pk)
    if row.status != Appointment.Status.BOOKED or row.slot_id != old.pk:
        raise Refused(_("This is already: %(status)s.") % {"status": row.get_status_display()})
    if reason := too_late_to_cancel(actor, row):
        raise Refused(reason)
    clear(slot_id)
    _put_at(row, Slot.objects.get(pk=slot_id))
    release(old, blocked=False)
    journal.write(actor, "move", row, before=f"{old.start:%y-%m-%dT%H:%M}Z")
    tell_hospital("his.cancel", row, slot=str(old.pk))
    tell_hospital("his.book", row, slot=str(slot_id))
    tell("appointment-moved", row)
    return row


@transaction.atomic
def follow(appointment: Appointment, start: datetime) -> bool:
    """The hospital has moved the visit: ours goes there too. False when a person must decide."""
    for_update(Patient.objects).get(pk=appointment.patient_id)
    row = Appointment.objects.select_related("slot", "practitioner").get(pk=appointment.pk)
    if row.status != Appointment.Status.BOOKED or start <= timezone.now():
        return False
    slot = _time_of(row, start)
    if slot is None or not seize(slot):
        return False
    old = for_update(Slot.objects).get(pk=row.slot_id)
    row = for_update(Appointment.objects).get(pk=row.pk)
    clear(slot.pk)
    _put_at(row, slot)
    release(old, blocked=True)
    journal.write(SYSTEM, "move", row, before=f"{old.start:%y-%m-%dT%H:%M}Z", by="hospital")
    tell("appointment-moved", row)
    return True


def _time_of(appointment: Appointment, start: datetime) -> Slot | None:
    """The doctor's time that begins then, opened where there is none; None where it overlaps."""
    doctor, old = appointment.practitioner, appointment.slot
    try:
        with transaction.atomic():
            slot, _is_new = Slot.objects.get_or_create(
                practitioner=doctor, start=start,
                defaults={
                    "organization_id": doctor.organization_id, "end": start + (old.end - old.start)
                },
            )  # fmt: skip
    except IntegrityError:
        return None
    return slot


def _repeated(appointment: Appointment) -> Appointment:
    """The second tap of a double tap finds it booked; anything else has to start again."""
    if appointment.status in (Appointment.Status.BOOKED, Appointment.Status.ARRIVED):
        return appointment
    raise HoldRanOut(_("This time is no longer kept for you. Please choose a time again."))


def _agree(actor: Actor, patient: Patient, agreed: frozenset[str]) -> Consent:
    """Store the consents just given; booking stops while one is missing (R11, R12)."""
    for kind in ConsentText.Kind:
        text = consent.missing(patient, kind)
        if text is None:
            continue
        if str(text.pk) not in agreed:
            raise Refused(_("Please read and agree to “%(title)s” first.") % {"title": text.title})
        consent.give(actor, patient, text)
    living = Consent.objects.filter(patient=patient, withdrawn_at=None)
    kept = living.filter(text__kind=ConsentText.Kind.ONLINE_CARE)
    agreement = kept.order_by("-text__version").first()
    if agreement is None:
        raise Refused(_("The centre has not published what you agree to yet. Please call us."))
    return agreement


def _plan(actor: Actor, appointment: Appointment) -> Encounter:
    urgent = Encounter.Priority.URGENT if appointment.red_flags else Encounter.Priority.ROUTINE
    encounter = Encounter.objects.create(
        organization_id=appointment.organization_id, appointment=appointment,
        patient=appointment.patient, practitioner=appointment.practitioner,
        priority=urgent, promised_at=appointment.start,
    )  # fmt: skip
    EncounterStatus.objects.create(
        encounter=encounter, status=encounter.status, at=timezone.now(), by=actor.user
    )
    return encounter


def _put_at(appointment: Appointment, slot: Slot) -> None:
    appointment.slot, appointment.start, appointment.reminded_at = slot, slot.start, None
    appointment.save(update_fields=["slot", "start", "reminded_at"])
    Encounter.objects.filter(appointment=appointment).update(
        promised_at=slot.start, promise_told_at=None, escalated_at=None
    )


__all__ = [
    "HoldRanOut",
    "SlotTaken",
    "cancel",
    "confirm",
    "expire_holds",
    "follow",
    "hold",
    "move",
]
