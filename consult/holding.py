"""One time for one resident, whatever happens at once: kept for ten minutes, then free again.

Rows are locked in one order everywhere: resident, time, appointment, visit, journal.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consult import scheduling
from consult.asking import already_booked, not_answered, not_bookable, said_already
from consult.models import Appointment, BookingDraft, Slot
from consult.rules import minutes
from consult.workflow import APPOINTMENT
from family_doctor.rules import doctor_of
from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record.models import Patient, Practitioner
from portal.rounds import each
from portal.workflow import Refused

Reason = Appointment.CancelReason
ALTERNATIVES = 6


class SlotTaken(Refused):
    """Somebody was faster; `alternatives` are free times near the one that was wanted."""

    def __init__(self, alternatives: list[Slot]) -> None:
        super().__init__(_("This time has just been taken. Nothing is lost: choose another one."))
        self.alternatives = alternatives


def hold(actor: Actor, slot_id: uuid.UUID, patient: Patient) -> Appointment:
    """Keep a time for ten minutes. Raises SlotTaken with other times, or Refused."""
    if reason := not_bookable(patient) or not_answered(patient):
        raise Refused(reason)
    doctor = doctor_of(patient)
    if doctor is None or (booked := already_booked(patient, doctor)):
        raise Refused(said_already(booked))
    appointment = _hold(actor, slot_id, patient, doctor)
    earlier = Appointment.objects.filter(patient=patient, status="proposed")
    for other in earlier.exclude(pk=appointment.pk):
        _let_go(other, Reason.CHANGED_MIND)
    return appointment


def expire_holds(now: datetime | None = None) -> int:
    """Free the times whose ten minutes are over."""
    moment = now or timezone.now()
    over = Appointment.objects.filter(
        ~Q(slot__status=Slot.Status.HELD) | Q(slot__held_until__lte=moment), status="proposed"
    )
    return each(over.order_by("pk"), _lapse, moment)


def take(slot_id: uuid.UUID, doctor: Practitioner, **taken: Any) -> bool:
    """One statement decides: of any number who ask at once, one gets the time."""
    now = timezone.now()
    facts = {"held_for": None, "held_until": None, **taken}
    slot = Slot.objects.filter(
        scheduling.free(now), pk=slot_id, practitioner=doctor,
        start__gt=now + minutes("consult.lead_minutes"),
    )  # fmt: skip
    return slot.update(**facts) == 1


def seize(slot: Slot) -> bool:
    """For the hospital, which decides over its times: also one that is closed to residents."""
    closed = Q(status=Slot.Status.UNAVAILABLE)
    taken = Slot.objects.filter(scheduling.free(timezone.now()) | closed, pk=slot.pk).update(
        status=Slot.Status.BUSY, held_for=None, held_until=None, is_blocked=False
    )
    return taken == 1


def near(slot_id: uuid.UUID, doctor: Practitioner) -> list[Slot]:
    """Free times, those closest to the wanted one, in order of time."""
    wanted = Slot.objects.filter(pk=slot_id).values_list("start", flat=True).first()
    return scheduling.free_times_near(doctor, wanted, ALTERNATIVES)


def clear(slot_id: uuid.UUID) -> None:
    """Close proposals whose hold ran out on a time that somebody has just taken."""
    for stale in Appointment.objects.filter(slot_id=slot_id, status="proposed"):
        facts = {"status_reason": Reason.HOLD_EXPIRED, "cancelled_by": "system"}
        APPOINTMENT.apply("lapse", stale, actor=SYSTEM, **facts)


def keep_held(slot: Slot, appointment: Appointment) -> None:
    """Take the time again when the hold ran out and nobody else came."""
    now = timezone.now()
    if slot.held_until is not None and slot.held_until > now:
        return
    until = now + minutes("consult.hold_minutes")
    again = {"held_for": appointment.patient, "held_until": until}
    if not take(slot.pk, appointment.practitioner, status=Slot.Status.HELD, **again):
        raise SlotTaken(near(slot.pk, appointment.practitioner))


def release(slot: Slot, *, blocked: bool) -> None:
    """Free for others, unless the doctor or the hospital took it away."""
    closed = blocked or slot.start <= timezone.now()
    slot.status = Slot.Status.UNAVAILABLE if closed else Slot.Status.FREE
    slot.held_for, slot.held_until, slot.is_blocked = None, None, blocked
    slot.save(update_fields=["status", "held_for", "held_until", "is_blocked"])


@transaction.atomic
def _hold(actor: Actor, slot_id: uuid.UUID, patient: Patient, doctor: Practitioner) -> Appointment:
    for_update(Patient.objects).get(pk=patient.pk)
    now = timezone.now()
    mine = Appointment.objects.filter(
        patient=patient, slot_id=slot_id, status="proposed", slot__held_for=patient,
        slot__held_until__gt=now,
    ).first()  # fmt: skip
    if mine is not None:
        return mine
    until = now + minutes("consult.hold_minutes")
    if not take(slot_id, doctor, status=Slot.Status.HELD, held_for=patient, held_until=until):
        raise SlotTaken(near(slot_id, doctor))
    clear(slot_id)
    slot = Slot.objects.get(pk=slot_id)
    draft = BookingDraft.objects.get(patient=patient)
    appointment = Appointment.objects.create(
        organization_id=slot.organization_id, patient=patient, practitioner=doctor, slot=slot,
        start=slot.start, evidence=draft.evidence, reason=draft.reason,
        reason_codes=draft.reason_codes, red_flags=draft.red_flags,
    )  # fmt: skip
    journal.write(actor, "hold", appointment, after=appointment.status)
    return appointment


@transaction.atomic
def _let_go(appointment: Appointment, reason: str) -> None:
    """The resident chose another time: free the first one at once."""
    Slot.objects.filter(
        pk=appointment.slot_id, status=Slot.Status.HELD, held_for=appointment.patient_id
    ).update(status=Slot.Status.FREE, held_for=None, held_until=None)
    facts = {"status_reason": reason, "cancelled_by": "system"}
    APPOINTMENT.apply("lapse", appointment, actor=SYSTEM, **facts)


@transaction.atomic
def _lapse(appointment: Appointment, now: datetime) -> bool:
    slot = for_update(Slot.objects).get(pk=appointment.slot_id)
    if slot.status == Slot.Status.HELD and slot.held_until and slot.held_until > now:
        return False  # held anew meanwhile
    row = for_update(Appointment.objects).get(pk=appointment.pk)
    if row.status != Appointment.Status.PROPOSED:
        return False
    if slot.status == Slot.Status.HELD:
        release(slot, blocked=False)
    facts = {"status_reason": Reason.HOLD_EXPIRED, "cancelled_by": "system"}
    APPOINTMENT.apply("lapse", row, actor=SYSTEM, **facts)
    return True
