"""Who is told what of the counter; every end is told."""

from __future__ import annotations

from typing import Any

from portal.notification.notifying import notify
from portal.record.models import Prescription
from refill.models import MedicationDispense


def resident(kind: str, row: Prescription | MedicationDispense, **facts: Any) -> None:
    """Tell the person the medicine is for."""
    centre = row.organization
    facts |= {"centre": centre.name, "telephone": centre.telecom}
    notify(row.patient.user, kind, event=f"{kind}:{row.pk}", **facts)


def doctor(kind: str, prescription: Prescription) -> None:
    """Tell the doctor who signed."""
    form = prescription.signed
    event = f"{kind}:{prescription.pk}:{form.version if form else 0}"
    user = prescription.practitioner.user
    notify(user, kind, event=event, person=prescription.patient.name)
