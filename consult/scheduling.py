"""Weekly hours become bookable times; the hospital's calendar decides where it is the owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from consult.models import CalendarCopy, Schedule, ScheduleException, Slot
from consult.rules import days as days_of
from consult.rules import limit, minutes
from portal.locking import for_update
from portal.organization import working_days
from portal.record.models import Practitioner

UTC = timezone.get_fixed_timezone(0)
Times = dict[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening changed: new times, times open again, times taken back."""

    new: int = 0
    again: int = 0
    withdrawn: int = 0


def times_on(doctor: Practitioner, day: date) -> Times:
    """The times of one day, start to end, in UTC: real minutes even when the clocks change."""
    zone = doctor.organization.zone
    times: Times = {}
    for start, end, length in _hours(doctor, day):
        times.update(_cut(_moment(day, start, zone), _moment(day, end, zone), length))
    return times


@transaction.atomic
def open_slots(doctor: Practitioner, ahead: int | None = None) -> Opened:
    """Make the bookable times of the coming days agree with the hours; safe to repeat.

    Held and booked times stay as they are, whatever the new hours say.
    """
    for_update(Practitioner.objects).get(pk=doctor.pk)
    if owned_by_hospital(doctor):
        return Opened()
    now = timezone.now()
    today = timezone.localdate(now, doctor.organization.zone)
    span = range(limit("consult.slots_ahead_days") if ahead is None else ahead)
    wanted: Times = {}
    for n in span:
        wanted.update(times_on(doctor, today + timedelta(days=n)))
    until = _moment(today + timedelta(days=len(span)), time.min, doctor.organization.zone)
    return _agree(doctor, {s: e for s, e in wanted.items() if s > now}, now, until)


@transaction.atomic
def mirror(
    doctor: Practitioner, found: dict[datetime, tuple[datetime, str]], until: datetime
) -> Opened:
    """Make the times before `until` agree with the hospital's calendar: start to (end, ref)."""
    for_update(Practitioner.objects).get(pk=doctor.pk)
    now = timezone.now()
    opened = _agree(doctor, {s: e for s, (e, _ref) in found.items() if s > now}, now, until)
    rows = list(Slot.objects.filter(practitioner=doctor, start__in=found))
    for slot in rows:
        slot.his_ref = found[slot.start][1]
    Slot.objects.bulk_update(rows, ["his_ref"])
    CalendarCopy.objects.filter(practitioner=doctor).update(
        as_of=now, error="", refreshing_since=None
    )
    return opened


def free_times(
    doctor: Practitioner, days: int | None = None, *, since: datetime | None = None
) -> list[Slot]:
    """The times a resident can take now, earliest first; never waits for the hospital."""
    first = max(since or timezone.now(), _earliest())
    span = days_of("consult.slots_ahead_days") if days is None else timedelta(days=days)
    rows = _open_to_residents(doctor).filter(start__gte=first, start__lt=first + span)
    return list(rows.order_by("start"))


def free_times_near(doctor: Practitioner, moment: datetime | None, count: int) -> list[Slot]:
    """So many free times closest to the moment (the next ones for None), earliest first."""
    first = _earliest()
    moment = first if moment is None else moment
    until = first + days_of("consult.slots_ahead_days")
    rows = _open_to_residents(doctor).filter(start__gte=first, start__lt=until)
    after = rows.filter(start__gte=moment).order_by("start")[:count]
    before = rows.filter(start__lt=moment).order_by("-start")[:count]
    closest = sorted([*before, *after], key=lambda slot: abs(slot.start - moment))[:count]
    return sorted(closest, key=lambda slot: slot.start)


def _earliest() -> datetime:
    return timezone.now() + minutes("consult.lead_minutes")


def _open_to_residents(doctor: Practitioner) -> QuerySet[Slot]:
    return Slot.objects.filter(free(timezone.now()), practitioner=doctor)


def free(now: datetime) -> Q:
    """A free time, or one whose hold has run out."""
    return Q(status=Slot.Status.FREE) | Q(status=Slot.Status.HELD, held_until__lte=now)


def calendar_of(doctor: Practitioner) -> CalendarCopy | None:
    """What is known of the hospital's own calendar of this doctor."""
    return CalendarCopy.objects.filter(practitioner=doctor).first()


def owned_by_hospital(doctor: Practitioner) -> bool:
    """Does the HIS alone decide this doctor's times?"""
    return CalendarCopy.objects.filter(practitioner=doctor, is_owner=True).exists()


def _hours(doctor: Practitioner, day: date) -> Iterator[tuple[time, time, int]]:
    """The open hours of a day: a closed day has none, other hours replace the weekly ones.

    On a day off nothing opens by itself; a doctor who works then says so.
    """
    exceptions = list(ScheduleException.objects.filter(practitioner=doctor, day=day))
    if any(not exception.is_open for exception in exceptions):
        return
    weekly = list(
        Schedule.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            practitioner=doctor, weekday=day.weekday(), valid_from__lte=day,
        )
    )  # fmt: skip
    length = weekly[0].slot_minutes if weekly else limit("consult.slot_minutes")
    for exception in exceptions:
        if exception.start and exception.end:
            yield exception.start, exception.end, length
    if not exceptions and not working_days.is_off(doctor.organization, day):
        yield from ((row.start, row.end, row.slot_minutes) for row in weekly)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _cut(start: datetime, end: datetime, length: int) -> Times:
    step, times = timedelta(minutes=length), {}
    while start + step <= end:
        times[start] = start + step
        start += step
    return times


def _agree(doctor: Practitioner, wanted: Times, now: datetime, until: datetime) -> Opened:
    """Take back free times nobody wants, open the wanted ones around what is kept."""
    coming = Slot.objects.filter(practitioner=doctor, start__gt=now, start__lt=until)
    rows = list(coming.values_list("pk", "start", "end"))
    unwanted = [pk for pk, start, end in rows if wanted.get(start) != end]
    withdrawn = Slot.objects.filter(free(now), pk__in=unwanted).update(
        status=Slot.Status.UNAVAILABLE, held_for=None, held_until=None
    )
    kept = list(
        Slot.objects.filter(practitioner=doctor, end__gt=now)
        .exclude(status=Slot.Status.UNAVAILABLE)
        .values_list("start", "end")
    )
    missing = {s: e for s, e in wanted.items() if not any(s < ke and e > ks for ks, ke in kept)}
    again = _reopen(doctor, missing)
    known = {start for _pk, start, _end in rows}
    fresh = [
        Slot(organization_id=doctor.organization_id, practitioner=doctor, start=s, end=e)
        for s, e in missing.items()
        if s not in known
    ]
    return Opened(len(Slot.objects.bulk_create(fresh)), again, withdrawn)


def _reopen(doctor: Practitioner, missing: Times) -> int:
    gone = Slot.objects.filter(
        practitioner=doctor, status=Slot.Status.UNAVAILABLE, is_blocked=False, start__in=missing
    )
    rows = list(gone)
    for row in rows:
        row.end, row.status = missing[row.start], Slot.Status.FREE
    return Slot.objects.bulk_update(rows, ["end", "status"])
