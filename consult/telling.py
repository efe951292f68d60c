"""Who hears of it: the resident by SMS too, the doctor in the portal, the hospital's system."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from consult.models import Appointment, Encounter
from portal.accounts.models import User
from portal.notification.notifying import notify
from portal.outbox.models import OutboxMessage
from portal.outbox.putting import put
from portal.record.models import Patient, Practitioner

PRIORITY = {"his.consultation": 5}


def tell_hospital(kind: str, row: Any, **payload: str) -> OutboxMessage:
    """One message in the resident's lane; bookings and cancellations go before documents."""
    about = "appointment" if isinstance(row, Appointment) else "note"
    return put(
        kind,
        row.organization_id,
        lane=str(row.patient_id),
        payload={about: str(row.pk), **payload},
        priority=PRIORITY.get(kind, 1),
    )


def tell(kind: str, appointment: Appointment, event: str = "") -> None:
    """Tell both sides: the resident also by SMS, the doctor in the portal."""
    facts: dict[str, Any] = {
        "event": event or f"{appointment.pk}:{timezone.now().isoformat()}",
        "doctor": appointment.practitioner.name,
        "centre": appointment.organization.name,
        "telephone": appointment.organization.telecom,
        "when": appointment.start,
        "appointment": appointment.pk,
    }
    notify(appointment.patient.user, kind, **facts)
    notify(appointment.practitioner.user, f"{kind}-doctor", **facts)


def tell_signs(patient: Patient, doctor: Practitioner) -> None:
    """A resident who is booking names warning signs: the doctor hears it at once (R30)."""
    now = timezone.now()
    notify(
        doctor.user,
        "signs-named-doctor",
        event=f"{patient.pk}:{now.isoformat()}",
        centre=doctor.organization.name,
        when=now,
    )


def tell_reminder(appointment: Appointment) -> None:
    """Once before the visit, to the resident."""
    notify(
        appointment.patient.user,
        "appointment-reminder",
        event=f"{appointment.pk}:{appointment.start.isoformat()}",
        doctor=appointment.practitioner.name,
        centre=appointment.organization.name,
        telephone=appointment.organization.telecom,
        when=appointment.start,
        appointment=appointment.pk,
    )


def tell_visit(kind: str, encounter: Encounter, user: User | None, **facts: Any) -> None:
    """Tell one person something about a visit, once."""
    notify(
        user,
        kind,
        **{
            "event": f"{encounter.pk}",
            "doctor": encounter.practitioner.name,
            "centre": encounter.organization.name,
            "telephone": encounter.organization.telecom,
            "when": encounter.promised_at,
            "encounter": encounter.pk,
            "appointment": encounter.appointment_id,
            **facts,
        },
    )
