"""The doctor's hours: changed here, and the open times follow at once.

The journal is written last, as by whoever books: times first, then the line about them.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from consult import scheduling
from consult.models import Appointment, QuickPhrase, Schedule, ScheduleException
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record.models import Practitioner
from portal.workflow import Refused

PHRASES = 20


@transaction.atomic
def add_hours(actor: Actor, doctor: Practitioner, row: Schedule) -> scheduling.Opened:
    """One more weekly block; two blocks of a weekday never overlap."""
    for_update(Practitioner.objects).get(pk=doctor.pk)
    row.practitioner, row.organization = doctor, doctor.organization
    until = row.valid_until or date.max
    same_day = Schedule.objects.filter(practitioner=doctor, weekday=row.weekday)
    at_once = same_day.filter(start__lt=row.end, end__gt=row.start, valid_from__lte=until)
    if at_once.filter(Q(valid_until=None) | Q(valid_until__gte=row.valid_from)).exists():
        raise Refused(_("You already have hours then. End them first."))
    row.save()
    opened = scheduling.open_slots(doctor)
    journal.write(actor, "set-hours", row)
    return opened


@transaction.atomic
def end_hours(actor: Actor, row: Schedule) -> int:
    """From tomorrow on these hours are no more; answers how many booked visits lie outside."""
    doctor = row.practitioner
    today = doctor.organization.today()
    if row.valid_from > today:
        Schedule.objects.filter(pk=row.pk).delete()
    else:
        row.valid_until = today
        row.save(update_fields=["valid_until"])
    scheduling.open_slots(doctor)
    journal.write(actor, "end-hours", row)
    return len(booked_outside(doctor))


@transaction.atomic
def add_day(actor: Actor, doctor: Practitioner, row: ScheduleException) -> int:
    """A day that differs; answers how many booked visits lie outside its hours now."""
    row.practitioner, row.organization = doctor, doctor.organization
    others = ScheduleException.objects.filter(practitioner=doctor, day=row.day)
    if others.exclude(is_open=row.is_open).exists():
        raise Refused(_("This day already differs. Make it as usual first."))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(_("This day is already closed.")) from error
    scheduling.open_slots(doctor)
    journal.write(actor, "set-day", row)
    return len(booked_outside(doctor))


@transaction.atomic
def drop_day(actor: Actor, row: ScheduleException) -> None:
    """The weekly hours hold again."""
    ScheduleException.objects.filter(pk=row.pk).delete()
    scheduling.open_slots(row.practitioner)
    journal.write(actor, "drop-day", row)


def hours_from(doctor: Practitioner, day: date) -> QuerySet[Schedule]:
    """The weekly hours that hold on that day or later."""
    rows = Schedule.objects.filter(practitioner=doctor)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=day))


def days_from(doctor: Practitioner, day: date) -> QuerySet[ScheduleException]:
    """The days that differ, from that day on."""
    return ScheduleException.objects.filter(practitioner=doctor, day__gte=day)


def booked_outside(doctor: Practitioner) -> list[Appointment]:
    """Booked visits that the hours no longer cover: kept, until the doctor gives them back."""
    now = timezone.now()
    rows = Appointment.objects.filter(
        practitioner=doctor, status="booked", start__gt=now, start__lt=now + timedelta(days=60)
    ).select_related("patient", "slot")
    zone = doctor.organization.zone
    days = {timezone.localdate(row.start, zone) for row in rows}
    covered = [span for day in days for span in scheduling.times_on(doctor, day).items()]
    return [
        row for row in rows if not any(s <= row.start and row.slot.end <= e for s, e in covered)
    ]


def add_phrase(doctor: Practitioner, text: str) -> QuickPhrase:
    """One more phrase, after the others."""
    mine = QuickPhrase.objects.filter(practitioner=doctor)
    if mine.count() >= PHRASES:
        raise Refused(_("Twenty phrases are enough: remove one first."))
    last = mine.aggregate(last=Max("position"))["last"] or 0
    return QuickPhrase.objects.create(practitioner=doctor, text=text, position=last + 1)
