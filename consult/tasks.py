"""What the clock does for visits. Every task may run twice, late or not at all for a while."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from consult import attachments, booking, charging, comparing, promising, queueing, scheduling
from consult.models import Appointment, CalendarCopy, Schedule
from consult.rules import days, minutes
from consult.telling import tell_reminder
from portal.his import slots
from portal.his.errors import HisError
from portal.record.models import Practitioner
from portal.rounds import all_of, each

logger = logging.getLogger(__name__)
GIVEN_UP = timedelta(seconds=60)


@shared_task(ignore_result=True)
def open_slots() -> None:
    """The bookable times of the coming days, for every doctor who has hours."""
    doctors = Practitioner.objects.filter(pk__in=Schedule.objects.values("practitioner"))
    each(doctors.select_related("organization"), scheduling.open_slots)


@shared_task(ignore_result=True)
def expire_holds() -> None:
    """Times that nobody confirmed in ten minutes are free again."""
    booking.expire_holds()


@shared_task(ignore_result=True)
def remind() -> None:
    """One message to each resident before the visit; a second run sends nothing."""
    now = timezone.now()
    soon = Appointment.objects.filter(
        status="booked", reminded_at=None, start__gt=now,
        start__lte=now + minutes("consult.reminder_minutes"),
    )  # fmt: skip
    each(soon.select_related("patient__user", "practitioner", "organization"), _remind, now)


@transaction.atomic
def _remind(appointment: Appointment, now: datetime) -> bool:
    claimed = Appointment.objects.filter(pk=appointment.pk, reminded_at=None)
    if not claimed.update(reminded_at=now):
        return False
    tell_reminder(appointment)
    return True


@shared_task(ignore_result=True)
def sweep_files() -> None:
    """Files of messages that were never committed."""
    attachments.sweep()


@shared_task(ignore_result=True)
def keep_promises() -> None:
    """At the promised time both sides are told, later the manager; then it costs nothing."""
    all_of(promising.tell_late, promising.escalate, promising.give_up, promising.alert_duties)


@shared_task(ignore_result=True)
def bill_visits() -> None:
    """Visits whose prescription came to nothing are paid alone."""
    charging.bill_finished()


@shared_task(ignore_result=True)
def compare_bookings() -> None:
    """Every doctor's coming visits against the hospital's calendar, one task a doctor."""
    for doctor in Practitioner.objects.filter(pk__in=Schedule.objects.values("practitioner")):
        if doctor.his_id:
            compare_doctor.delay(str(doctor.pk))


@shared_task(ignore_result=True)
def compare_doctor(practitioner_id: str) -> None:
    """One doctor's visits here and there; what differs goes to the manager."""
    rows = Practitioner.objects.select_related("organization")
    comparing.compare(rows.get(pk=uuid.UUID(practitioner_id)))


@shared_task(ignore_result=True)
def miss_absent() -> None:
    """Visits to which nobody came are closed."""
    queueing.miss_absent()


@shared_task(ignore_result=True)
def read_calendars() -> None:
    """Ask for a fresh look at every calendar that the hospital keeps."""
    for copy in CalendarCopy.objects.filter(is_owner=True):
        ask_for_calendar(copy.pk)


@shared_task(ignore_result=True)
def read_calendar(practitioner_id: str) -> None:
    """One doctor's free times in the hospital, written down here."""
    doctor = Practitioner.objects.select_related("organization").get(pk=uuid.UUID(practitioner_id))
    now = timezone.now()
    until = now + days("consult.slots_ahead_days")
    try:
        answer = slots.find_slots(doctor.organization, doctor.his_id, now, until)
    except HisError as error:
        logger.info("calendar not read: %s", type(error).__name__)
        CalendarCopy.objects.filter(pk=doctor.pk).update(
            error=type(error).__name__, refreshing_since=None
        )
        return
    found = {slot.start: (slot.end, str(slot.ref or "")) for slot in answer.value}
    scheduling.mirror(doctor, found, until)


def ask_for_calendar(practitioner_id: uuid.UUID) -> None:
    """Have the hospital's calendar read soon; nobody is asked twice within a minute."""
    idle = Q(refreshing_since=None) | Q(refreshing_since__lt=timezone.now() - GIVEN_UP)
    rows = CalendarCopy.objects.filter(idle, pk=practitioner_id, is_owner=True)
    if rows.update(refreshing_since=timezone.now(), error=F("error")):
        read_calendar.delay(str(practitioner_id))
