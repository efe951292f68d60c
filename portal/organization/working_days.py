"""Which days a centre works: Monday to Friday, but for days off and make-up working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from portal.organization.models import CalendarDay, Organization

KNOWN_AHEAD = timedelta(days=90)


def is_working(centre: Organization, day: date) -> bool:
    """Whether the centre works on this day."""
    return _works(listed(centre, day, day), day)


def is_off(centre: Organization, day: date) -> bool:
    """Whether this day was named as a day off; a weekend is none by itself."""
    return listed(centre, day, day).get(day) is False


def listed(centre: Organization, first: date, last: date) -> dict[date, bool]:
    """The named days of this time; what the centre says wins over the country."""
    rows = CalendarDay.objects.filter(
        Q(organization=centre) | Q(organization=None), day__range=(first, last)
    )
    ordered = sorted(rows, key=lambda row: row.organization_id is not None)
    return {row.day: row.is_working for row in ordered}


def after(centre: Organization, moment: datetime, days: int) -> datetime:
    """So many working days later, at the same hour; asked on a free day, by a day's end."""
    local = moment.astimezone(centre.zone)
    named = listed(centre, local.date(), local.date() + KNOWN_AHEAD)
    if not _works(named, local.date()):
        local = local.replace(hour=23, minute=59, second=0, microsecond=0)
    while days:
        local += timedelta(days=1)
        days -= _works(named, local.date())
    return local


def _works(named: dict[date, bool], day: date) -> bool:
    return named.get(day, day.weekday() < 5)
