"""A centre's days off and make-up working days, as its manager names them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.organization import directory
from portal.organization.models import CalendarDay
from portal.workflow import Refused

REMEMBERED = timedelta(days=31)


def days_of(actor: Actor) -> list[CalendarDay]:
    """The centre's named days and those of the country, from a month ago on."""
    if actor.role != User.Role.MANAGER:
        return []
    mine = Q(organization=actor.organization_id) | Q(organization=None)
    first = timezone.localdate() - REMEMBERED
    return list(CalendarDay.objects.filter(mine, day__gte=first).order_by("day", "pk"))


@transaction.atomic
def name_day(actor: Actor, day: date, name: str, source: str, *, is_working: bool) -> CalendarDay:
    """This day is off, or worked, at the own centre; said again, the last word stands."""
    centre = _centre(actor)
    if day < directory.today(centre):
        raise Refused(_("Choose a day that is still to come."))
    row, _new = CalendarDay.objects.update_or_create(
        organization_id=centre,
        day=day,
        defaults={"is_working": is_working, "name": name, "source": source},
    )
    journal.write(actor, "name-day", row, day=day.isoformat(), is_working=is_working)
    return row


@transaction.atomic
def forget_day(actor: Actor, pk: int) -> bool:
    """The centre's own word on a day is taken back; False: there is no such word."""
    row = CalendarDay.objects.filter(organization_id=_centre(actor), pk=pk).first()
    if row is None:
        return False
    journal.write(actor, "forget-day", row, day=row.day.isoformat())
    row.delete()
    return True


def _centre(actor: Actor) -> UUID:
    if actor.role != User.Role.MANAGER or actor.organization_id is None:
        raise Refused(_("Only the manager of this centre can do this."))
    return actor.organization_id
