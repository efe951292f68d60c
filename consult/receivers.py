"""What visits tell the platform at start, and what they do when the platform has news."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from consult import charging, closing, hospital
from consult.kinds import register_kinds
from consult.models import Appointment, ConsultationRecord
from portal.his.mapping import doctor_by
from portal.his.signals import appointment_changed, slot_changed
from portal.payment import looking
from portal.record import prescribing
from portal.record.models import Practitioner

register_kinds()
looking.before_paying(charging.step)
prescribing.before_signing(closing.from_prescription)


@doctor_by("appointment")
def doctor_of_the_appointment(key: str) -> Practitioner | None:
    """Whose number in the hospital a booking carries."""
    row = Appointment.objects.select_related("practitioner").filter(pk=key).first()
    return row.practitioner if row else None


@doctor_by("note")
def doctor_of_the_note(key: str) -> Practitioner | None:
    """Whose number in the hospital a note carries."""
    row = ConsultationRecord.objects.select_related("practitioner").filter(pk=key).first()
    return row.practitioner if row else None


@receiver(appointment_changed)
def clinic_changed_an_appointment(sender: Any, **facts: Any) -> None:
    """The hospital's appointment is no longer what it was."""
    hospital.appointment_changed(**{k: v for k, v in facts.items() if k != "signal"})


@receiver(slot_changed)
def clinic_changed_a_time(sender: Any, **facts: Any) -> None:
    """The hospital's calendar is no longer what it was."""
    hospital.slot_changed(**{k: v for k, v in facts.items() if k != "signal"})
