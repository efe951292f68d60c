"""A doctor who cannot go on today: whoever waits or comes is told, and keeps every answer."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from consult import booking, planning, scheduling
from consult.models import Appointment, Encounter, ScheduleException, Slot
from consult.rules.doctors import practitioner_of
from portal.accounts.actor import Actor
from portal.locking import for_update
from portal.record.models import Practitioner
from portal.workflow import Refused

NOT_YET_IN = (Encounter.Status.PLANNED, Encounter.Status.ARRIVED)
KEPT = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)


def rest_of_today(actor: Actor) -> QuerySet[Appointment]:
    """Who waits or still comes today, the earliest first; whoever is in stays in."""
    doctor = practitioner_of(actor)
    inside = Encounter.objects.filter(practitioner=doctor).exclude(status__in=NOT_YET_IN)
    return (
        Appointment.objects.visible_to(actor)
        .filter(practitioner=doctor, status__in=KEPT, start__lt=_midnight(doctor))
        .exclude(pk__in=inside.values("appointment_id"))
        .select_related("patient", "organization")
        .order_by("start")
    )


def leave(actor: Actor, reason: str) -> int:
    """Close the day and cancel one visit after the other; how many were told.

    Each is a change of its own: a resident who is being received at this moment keeps the visit,
    and the others are told all the same.
    """
    _close_today(actor)
    told = 0
    for row in rest_of_today(actor):
        try:
            booking.cancel(actor, row, reason)
        except Refused:  # came in, or cancelled, since the list was read
            continue
        told += 1
    return told


@transaction.atomic
def _close_today(actor: Actor) -> None:
    """Nobody books a time of today any more, also who is just about to confirm one."""
    doctor = for_update(Practitioner.objects).get(pk=practitioner_of(actor).pk)
    _take_back(doctor)
    day = doctor.organization.today()
    today = ScheduleException.objects.filter(practitioner=doctor, day=day)
    for hours in today.filter(is_open=True):
        planning.drop_day(actor, hours)
    if not today.exists():
        planning.add_day(actor, doctor, ScheduleException(day=day))


def _take_back(doctor: Practitioner) -> None:
    """The free and the kept times. What the hospital's calendar would open again stays closed."""
    now, kinds = timezone.now(), (Slot.Status.FREE, Slot.Status.HELD)
    rows = Slot.objects.filter(practitioner=doctor, status__in=kinds, start__gt=now)
    rows.filter(start__lt=_midnight(doctor)).update(
        status=Slot.Status.UNAVAILABLE, held_for=None, held_until=None,
        is_blocked=scheduling.owned_by_hospital(doctor),
    )  # fmt: skip


def _midnight(doctor: Practitioner) -> datetime:
    zone = doctor.organization.zone
    tomorrow = timezone.localdate(timezone=zone) + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone)
