"""Days off and make-up working days: a promise walks around the first and counts the second."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consult import scheduling
from consult.models import ScheduleException
from portal.organization import working_days
from portal.organization.models import CalendarDay
from refill import requesting
from tests.factories import centre_day
from tests.factories.visits import ScheduleFactory

# The days of this test are invented: a festival from Thursday to the next Wednesday, with the
# Saturday after it worked instead.
FESTIVAL = [date(2026, 10, day) for day in (1, 2, 5, 6, 7)]
MAKE_UP = date(2026, 10, 10)


def named(day, *, is_working=False, centre=None):
    return CalendarDay.objects.create(
        organization=centre, day=day, is_working=is_working, name="festival", source="a notice"
    )


@pytest.fixture
def festival(db):
    for day in FESTIVAL:
        named(day)
    named(MAKE_UP, is_working=True)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-09-29 15:30", "2026-09-30 15:30"),  # the two days before
        ("2026-09-30 15:30", "2026-10-08 15:30"),  # across the whole festival
        ("2026-10-01 10:00", "2026-10-08 23:59"),  # asked on a day off
        ("2026-10-07 23:00", "2026-10-08 23:59"),
        ("2026-10-09 15:30", "2026-10-10 15:30"),  # Friday to the Saturday that is worked
        ("2026-10-10 15:30", "2026-10-12 15:30"),  # asked on it: it is a day like others
        ("2026-10-11 15:30", "2026-10-12 23:59"),  # the Sunday is still one
    ],
)
def test_across_a_festival_and_a_worked_saturday(centre, festival, asked, answered):
    moment = datetime.fromisoformat(asked).replace(tzinfo=centre.zone)
    assert requesting.due(moment, centre).strftime("%Y-%m-%d %H:%M") == answered


def test_the_centre_says_otherwise_than_the_country(centre, other_centre, festival):
    named(FESTIVAL[0], is_working=True, centre=centre)
    assert working_days.is_working(centre, FESTIVAL[0])
    assert not working_days.is_working(other_centre, FESTIVAL[0])


def test_a_day_has_one_row_a_centre_and_one_everywhere(centre, festival):
    for place in (None, centre, centre):
        if place is centre and not CalendarDay.objects.filter(organization=centre).exists():
            named(FESTIVAL[0], centre=centre)
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            named(FESTIVAL[0], centre=place)


def test_nothing_opens_by_itself_on_a_day_off(dr_li):
    monday = date(2026, 10, 5)
    ScheduleFactory(practitioner=dr_li)
    assert scheduling.times_on(dr_li, monday)
    named(monday)
    assert not scheduling.times_on(dr_li, monday)
    hours = {"start": time(9), "end": time(10)}
    ScheduleException.objects.create(
        organization=dr_li.organization, practitioner=dr_li, day=monday, is_open=True, **hours
    )
    assert len(scheduling.times_on(dr_li, monday)) == 4  # the doctor works all the same


def test_a_manager_keeps_the_own_centres_days(as_person, gao, centre, other_centre):
    client, day = as_person(gao), centre_day.today() + timedelta(days=3)
    said = {"day": day.isoformat(), "is_working": "off", "name": "flood", "source": "the district"}
    assert client.post(reverse("refill:days"), said | {"source": ""}).status_code == 422
    past = {"day": "2020-01-01"}
    assert client.post(reverse("refill:days"), said | past).status_code == 409
    client.post(reverse("refill:days"), said)
    kept = CalendarDay.objects.get()
    assert (kept.organization, working_days.is_working(centre, day)) == (centre, False)
    assert "flood" in client.get(reverse("refill:days")).content.decode()
    foreign = named(day, centre=other_centre)
    assert client.post(reverse("refill:forget_day", args=[foreign.pk])).status_code == 404
    client.post(reverse("refill:forget_day", args=[kept.pk]))
    assert CalendarDay.objects.get() == foreign
