"""The record as last read: pages read it from here, a worker refreshes it (performance P8).

A section that could not be read keeps its old entries and their time, and says why:
failed is unknown, never none (R169).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from portal.celery import app
from portal.his.connecting import connect
from portal.his.errors import (
    AuthFailed,
    BadPayload,
    HisError,
    NotFound,
    Rejected,
    Unavailable,
)
from portal.his.port import SECTIONS
from portal.record.models import Patient, RecordSection

logger = logging.getLogger(__name__)

REFRESH = "portal.his.tasks.refresh_section"
GIVEN_UP = timedelta(seconds=60)  # a refresh older than this died with its worker
FRESH = timedelta(minutes=15)

#: The code kept in RecordSection.error, and its sentence for a person.
REASONS: dict[str, Promise] = {
    "unavailable": _("The hospital system does not answer."),
    "not-understood": _("The hospital system gave an answer that cannot be used."),
    "refused": _("The hospital system does not let the portal read this."),
    "not-found": _("The hospital system does not know this record."),
    "not-linked": _("This resident is not linked to a hospital record."),
}
CODES: tuple[tuple[type[HisError], str], ...] = (
    (Unavailable, "unavailable"),
    (BadPayload, "not-understood"),
    (AuthFailed, "refused"),
    (Rejected, "refused"),
    (NotFound, "not-found"),
)


def request_refresh(patient: Patient, sections: Iterable[str] | None = None) -> None:
    """Have the sections read soon; returns at once, asks nobody twice within a minute."""
    for section in sections or SECTIONS:
        if _claim(patient.pk, section):
            transaction.on_commit(partial(_send, patient.pk, section))


def is_first_read(patient: Patient, sections: Iterable[str]) -> bool:
    """One of the sections is being read for the first time: not known yet, not failed either."""
    rows = RecordSection.objects.filter(patient=patient, section__in=tuple(sections))
    begun = rows.filter(as_of=None, error="", refreshing_since__gte=Now() - GIVEN_UP)
    return begun.exists()


def _send(patient_id: UUID, section: str) -> None:
    """Without a broker the section stays as it was, and says so by its time."""
    try:
        app.send_task(REFRESH, (str(patient_id), section), retry=False)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("refresh not sent: %s", type(error).__name__)


def request_stale(patient: Patient) -> None:
    """Have those sections read that were never read or not within 15 minutes."""
    rows = RecordSection.objects.filter(patient=patient, as_of__gte=Now() - FRESH, error="")
    fresh = set(rows.values_list("section", flat=True))
    if stale := [section for section in SECTIONS if section not in fresh]:
        request_refresh(patient, stale)


def _claim(patient_id: UUID, section: str) -> bool:
    """Mark the section as being read; False when somebody already does."""
    RecordSection.objects.get_or_create(patient_id=patient_id, section=section)
    idle = Q(refreshing_since=None) | Q(refreshing_since__lt=Now() - GIVEN_UP)
    rows = RecordSection.objects.filter(idle, patient_id=patient_id, section=section)
    return bool(rows.update(refreshing_since=Now()))


def refresh(patient_id: UUID, section: str) -> None:
    """Read one section now and keep what was read. For the worker: it waits on the HIS."""
    patient = Patient.objects.select_related("organization").get(pk=patient_id)
    try:
        if not patient.his_id:
            raise NotFound("not linked")
        answer = connect(patient.organization).record_section(patient.his_id, section)
    except HisError as error:
        logger.info("section %s not read: %s", section, error)
        return _keep(patient, section, error=_code(patient, error))
    entries = [_plain(asdict(fact)) for fact in answer.value]
    return _keep(patient, section, error="", entries=entries, as_of=answer.as_of)


def _keep(patient: Patient, section: str, **facts: Any) -> None:
    RecordSection.objects.update_or_create(
        patient=patient, section=section, defaults={"refreshing_since": None, **facts}
    )


def _code(patient: Patient, error: HisError) -> str:
    if not patient.his_id:
        return "not-linked"
    return next((code for kind, code in CODES if isinstance(error, kind)), "unavailable")


def _plain(value: Any) -> Any:
    """Facts as JSON: days and moments in ISO form, nothing else changed."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
