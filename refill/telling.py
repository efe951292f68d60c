"""Who is told what of the counter; every end is told."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from portal.accounts.models import User
from portal.notification.notifying import notify
from portal.record.models import MedicationRequest, Prescription
from refill.models import MedicationDispense, PickUp, RefillRequest

NOON = time(12)


def resident(kind: str, row: Prescription | MedicationDispense, **facts: Any) -> None:
    """Tell the person the medicine is for."""
    centre = row.organization
    facts |= {"centre": centre.name, "telephone": centre.telecom}
    notify(row.patient.user, kind, event=f"{kind}:{row.pk}", **facts)


def late(dispense: MedicationDispense, day: date) -> None:
    """Tell the resident that it comes later than she was told, and when."""
    centre = dispense.organization
    notify(
        dispense.patient.user,
        "medicine-late",
        event=f"medicine-late:{dispense.pk}:{day}",
        centre=centre.name,
        telephone=centre.telecom,
        when=datetime.combine(day, NOON, centre.zone),
    )


def short(line: MedicationRequest, elsewhere: str) -> None:
    """Tell the resident, before anything is paid, that a medicine is not there (R89)."""
    centre = line.organization
    kind = "medicine-short-elsewhere" if elsewhere else "medicine-short"
    facts = {"centre": centre.name, "telephone": centre.telecom}
    facts |= {"place": elsewhere} if elsewhere else {}
    notify(line.patient.user, kind, event=f"medicine-short:{line.pk}", **facts)


def managers(kind: str, dispense: MedicationDispense) -> None:
    """Tell the managers of the centre."""
    people = User.objects.filter(
        role=User.Role.MANAGER, organization_id=dispense.organization_id, is_active=True
    )
    for person in people:
        notify(person, kind, event=f"{kind}:{dispense.pk}", centre=dispense.organization.name)


def recalled(dispense: MedicationDispense) -> None:
    """Tell a resident that a box they received must not be taken: once a fill (R88)."""
    resident("medicine-recalled", dispense)


def ready(pick_up: PickUp) -> None:
    """Tell the resident to come, with the code in hand."""
    _of_pick_up("medicine-ready", pick_up, str(pick_up.pk))


def stopped(pick_up: PickUp) -> None:
    """Somebody tried three times with a wrong code or name."""
    _of_pick_up("pick-up-stopped", pick_up, f"{pick_up.pk}:{timezone.now():%d%H%M%S}")


def _of_pick_up(kind: str, pick_up: PickUp, event: str) -> None:
    centre = pick_up.organization
    facts = {"centre": centre.name, "telephone": centre.telecom, "place": centre.address}
    notify(pick_up.patient.user, kind, event=f"{kind}:{event}", pick_up=pick_up.pk, **facts)


def doctor(kind: str, prescription: Prescription) -> None:
    """Tell the doctor who signed."""
    form = prescription.signed
    event = f"{kind}:{prescription.pk}:{form.version if form else 0}"
    user = prescription.practitioner.user
    facts = {"person": prescription.patient.name, "prescription": prescription.pk}
    notify(user, kind, event=event, **facts)


def refill(row: RefillRequest, kind: str, event: str = "") -> None:
    """Tell the person who asked for a medicine; never which one."""
    centre, doctor = row.organization, row.decided_by
    notify(
        row.patient.user,
        kind,
        event=f"{kind}:{event or row.pk}"[:100],
        centre=centre.name,
        telephone=centre.telecom,
        doctor=doctor.name if doctor else "",
    )
