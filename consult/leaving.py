"""A doctor who cannot go on today: whoever waits or comes is told, and keeps every answer."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from consult import booking, planning
from consult.models import Appointment, Encounter, ScheduleException
from consult.rules.doctors import practitioner_of
from portal.accounts.actor import Actor
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


def _close_today(actor: Actor) -> None:
    """Nobody books a time of today any more."""
    doctor = practitioner_of(actor)
    today = doctor.organization.today()
    if not ScheduleException.objects.filter(practitioner=doctor, day=today).exists():
        planning.add_day(actor, doctor, ScheduleException(day=today, is_open=False))


def _midnight(doctor: Practitioner) -> datetime:
    zone = doctor.organization.zone
    tomorrow = timezone.localdate(timezone=zone) + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone)
