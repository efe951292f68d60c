"""The news of the HIS: polled with overlap, each version acted upon once (HIS law 9)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from portal.his import connecting, signals, snapshot
from portal.his.errors import HisError
from portal.his.models import FeedCursor, RegistrarTask, SeenChange
from portal.his.terms import Change
from portal.locking import for_update
from portal.organization.models import Organization
from portal.record.models import Patient

logger = logging.getLogger(__name__)

REMEMBERED = timedelta(days=2)
LEASE = timedelta(minutes=2)
SECTION_OF = {
    "AllergyIntolerance": "allergies",
    "Condition": "conditions",
    "MedicationRequest": "medicines",
    "Observation": "observations",
    "DiagnosticReport": "reports",
    "DocumentReference": "documents",
    "Encounter": "encounters",
}


def addresses() -> dict[str, list[Organization]]:
    """Every HIS once, with the centres that live on it."""
    centres: dict[str, list[Organization]] = {}
    for organization in Organization.objects.all():
        centres.setdefault(connecting.base_url(organization), []).append(organization)
    return centres or {settings.HIS_BASE_URL.rstrip("/"): []}


def poll(url: str, centres: list[Organization]) -> int:
    """Read the news of one HIS and act upon it; how much was new."""
    row, _created = FeedCursor.objects.get_or_create(base_url=url)
    try:
        changes, onward = connecting.at(url).changes(row.cursor)
    except HisError as error:
        FeedCursor.objects.filter(pk=row.pk).update(error=type(error).__name__, polled=Now())
        logger.info("no news from the HIS: %s", error)
        return 0
    new = [change for change in changes if _is_new(url, change)]
    _remember(url, [change for change in new if _act(change, centres)])
    FeedCursor.objects.filter(pk=row.pk).update(cursor=onward, error="", polled=Now())
    return len(new)


def _is_new(url: str, change: Change) -> bool:
    return not SeenChange.objects.filter(**_mark(url, change)).exists()


def _mark(url: str, change: Change) -> dict[str, str]:
    """A HIS without versions is told apart by its times."""
    version = change.ref.version or change.at.isoformat()
    mark = {"base_url": url, "type": change.ref.type, "his_id": change.ref.id}
    return mark | {"version": version[:64]}


def _remember(url: str, changes: list[Change]) -> None:
    """After acting: a worker killed before this acts again, and every act bears that."""
    SeenChange.objects.bulk_create(
        [SeenChange(**_mark(url, change)) for change in changes], ignore_conflicts=True
    )


def tidy() -> None:
    """Versions older than any overlap are forgotten."""
    SeenChange.objects.filter(seen__lt=timezone.now() - REMEMBERED).delete()


def _act(change: Change, centres: list[Organization]) -> bool:
    """False when somebody could not take it in: it is offered again while the overlap lasts."""
    kind = change.ref.type
    if kind in SECTION_OF:
        for patient in _patients(change.patient_id, centres):
            snapshot.request_refresh(patient, [SECTION_OF[kind]])
        return True
    return ACTS[kind](change, centres) if kind in ACTS else True


def _patients(his_id: str, centres: list[Organization]) -> list[Patient]:
    if not his_id:
        return []
    rows = Patient.objects.filter(his_id=his_id, organization__in=centres)
    return list(rows.select_related("organization"))


def _appointment(change: Change, centres: list[Organization]) -> bool:
    answers = signals.appointment_changed.send_robust(
        sender=Change,
        organizations=[centre.pk for centre in centres],
        his_id=change.ref.id,
        status=change.status,
        start=change.start,
        patient_his_id=change.patient_id,
        doctor_his_id=change.doctor_id,
    )
    return not any(isinstance(answer, Exception) for _receiver, answer in answers)


def _slot(change: Change, centres: list[Organization]) -> bool:
    answers = signals.slot_changed.send_robust(
        sender=Change,
        organizations=[centre.pk for centre in centres],
        his_id=change.ref.id,
        status=change.status,
        start=change.start,
    )
    return not any(isinstance(answer, Exception) for _receiver, answer in answers)


def _patient(change: Change, centres: list[Organization]) -> bool:
    """Merged in the HIS: follow where that is safe, and tell the registrar always."""
    merged = _patients(change.ref.id, centres) if change.replaced_by else []
    for patient in merged:
        if _follow(patient.pk, patient.organization, change.replaced_by):
            patient.refresh_from_db()
            snapshot.request_refresh(patient)
    return True


@transaction.atomic
def _follow(patient_id: uuid.UUID, centre: Organization, survivor: str) -> bool:
    """False when another resident here already has the surviving record: a person decides."""
    patient = for_update(Patient.objects).get(pk=patient_id)
    taken = Patient.objects.filter(organization=centre, his_id=survivor).exists()
    RegistrarTask.objects.get_or_create(
        organization=centre,
        patient=patient,
        kind=RegistrarTask.Kind.MERGED,
        his_id=survivor,
        defaults={"note": "two residents, one record" if taken else "followed"},
    )
    if not taken:
        Patient.objects.filter(pk=patient.pk).update(his_id=survivor)
    return not taken


ACTS: dict[str, Callable[[Change, list[Organization]], bool]] = {
    "Appointment": _appointment,
    "Slot": _slot,
    "Patient": _patient,
}
