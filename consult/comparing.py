"""Every night: the visits of the coming days here and in the hospital, both ways (HIS law 9)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from consult import differing, hospital
from consult.differing import Kind
from consult.models import Appointment
from consult.rules import days as days_of
from portal.his.connecting import connect
from portal.his.errors import HisError
from portal.his.port import QueueEntry
from portal.outbox.models import OutboxMessage
from portal.record.models import Practitioner

logger = logging.getLogger(__name__)
Entries = dict[str, QueueEntry]


def compare(doctor: Practitioner) -> int:
    """Look at one doctor's coming days; how many differences are open.

    A hospital that does not answer, or answers in part, is not compared: silence is no difference.
    """
    theirs = _in_the_hospital(doctor)
    if theirs is None:
        return 0
    found = [*_ours(doctor, theirs), *_only_there(doctor, theirs)]
    differing.close_others(doctor, found)
    return len(found)


def _in_the_hospital(doctor: Practitioner) -> Entries | None:
    """Every living appointment of the coming days by its reference, or None."""
    port, zone = connect(doctor.organization), doctor.organization.zone
    today = timezone.localdate(timezone=zone)
    found: Entries = {}
    for ahead in range(days_of("consult.slots_ahead_days").days + 1):
        try:
            answer = port.doctor_queue(doctor.his_id, today + timedelta(days=ahead), zone)
        except HisError as error:
            logger.info("calendars not compared: %s", type(error).__name__)
            return None
        if answer.partial:
            return None
        found |= {str(entry.ref): entry for entry in answer.value}
    return found


def _ours(doctor: Practitioner, theirs: Entries) -> Iterator[UUID]:
    """Each visit of ours that is not where the hospital has it."""
    for row in _coming(doctor):
        if hospital.is_on_its_way(row):
            continue
        entry = theirs.get(row.his_ref) if row.his_ref else None
        if entry is None:
            yield differing.note(doctor, Kind.NOT_THERE, his_ref=row.his_ref, appointment=row).pk
        elif entry.start and entry.start != row.start:
            difference = hospital.follow(row, entry.start)
            if difference is not None:
                yield difference.pk


def _coming(doctor: Practitioner) -> list[Appointment]:
    until = timezone.now() + days_of("consult.slots_ahead_days")
    rows = Appointment.objects.filter(
        practitioner=doctor, status=Appointment.Status.BOOKED, start__gt=timezone.now(),
        start__lt=until,
    )  # fmt: skip
    return list(rows.select_related("patient__user", "practitioner", "organization"))


def _only_there(doctor: Practitioner, theirs: Entries) -> Iterator[UUID]:
    """Bookings that carry a key of ours and have no living visit here. The clinic's own are its."""
    keys = {entry.key: entry for entry in theirs.values() if entry.key and _is_ahead(entry.start)}
    sent = OutboxMessage.objects.filter(
        key__in=keys, organization_id=doctor.organization_id, kind="his.book"
    )
    for message in sent:
        entry = keys[message.key]
        row = Appointment.objects.filter(pk=message.payload["appointment"]).first()
        lives_here = row is not None and row.his_ref == str(entry.ref) and row.status in LIVE
        if lives_here or (row is not None and hospital.is_on_its_way(row)):
            continue
        facts = {"his_ref": str(entry.ref), "appointment": row, "there": entry.start}
        yield differing.note(doctor, Kind.ONLY_THERE, **facts).pk  # type: ignore[arg-type]


LIVE = hospital.LIVE


def _is_ahead(start: datetime | None) -> bool:
    return start is None or start > timezone.now()
