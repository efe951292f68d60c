from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from consult import scheduling
from consult.models import CalendarCopy, ScheduleException, Slot
from tests.factories.visits import ScheduleFactory, SlotFactory

MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


@pytest.fixture
def monday(dr_li):
    """Dr Li works on Mondays from 8 to 10."""
    with time_machine.travel(MONDAY - timedelta(hours=2), tick=False):
        yield ScheduleFactory(practitioner=dr_li)


def starts(doctor):
    return [slot.start for slot in scheduling.free_times(doctor)]


def test_weekly_hours_become_times_in_the_centres_zone(dr_li, monday):
    opened = scheduling.open_slots(dr_li)
    assert opened.new == 16  # two Mondays of eight quarter hours
    assert starts(dr_li)[0] == MONDAY


def test_opening_twice_opens_nothing_new(dr_li, monday):
    scheduling.open_slots(dr_li)
    assert scheduling.open_slots(dr_li) == scheduling.Opened()


def test_a_closed_day_has_no_times(dr_li, monday):
    ScheduleException.objects.create(
        organization=dr_li.organization, practitioner=dr_li, day=date(2026, 3, 2)
    )
    scheduling.open_slots(dr_li)
    assert starts(dr_li)[0] == MONDAY + timedelta(days=7)


def test_other_hours_replace_the_weekly_ones(dr_li, monday):
    ScheduleException.objects.create(
        organization=dr_li.organization, practitioner=dr_li, day=date(2026, 3, 2),
        is_open=True, start=time(14), end=time(15),
    )  # fmt: skip
    scheduling.open_slots(dr_li)
    assert starts(dr_li)[:2] == [
        MONDAY + timedelta(hours=6),
        MONDAY + timedelta(hours=6, minutes=15),
    ]


def test_closing_a_day_takes_free_times_back_and_leaves_booked_ones(dr_li, monday):
    scheduling.open_slots(dr_li)
    Slot.objects.filter(start=MONDAY).update(status=Slot.Status.BUSY)
    closed = ScheduleException.objects.create(
        organization=dr_li.organization, practitioner=dr_li, day=date(2026, 3, 2)
    )
    assert scheduling.open_slots(dr_li).withdrawn == 7
    assert Slot.objects.get(start=MONDAY).status == Slot.Status.BUSY
    closed.delete()
    assert scheduling.open_slots(dr_li).again == 7


def test_a_time_closed_by_hand_is_not_reopened_by_the_hours(dr_li, monday):
    scheduling.open_slots(dr_li)
    Slot.objects.filter(start=MONDAY).update(status=Slot.Status.UNAVAILABLE, is_blocked=True)
    assert scheduling.open_slots(dr_li) == scheduling.Opened()


def test_longer_visits_are_cut_around_what_is_booked(dr_li, monday):
    scheduling.open_slots(dr_li, ahead=1)
    Slot.objects.filter(start=MONDAY + timedelta(minutes=15)).update(status=Slot.Status.BUSY)
    monday.slot_minutes = 30
    monday.save()
    scheduling.open_slots(dr_li, ahead=1)
    assert starts(dr_li) == [MONDAY + timedelta(minutes=30 * n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 2), (date(2026, 10, 25), 4), (date(2026, 11, 1), 3)]
)
def test_the_clock_change_neither_invents_nor_doubles_a_time(dr_zhao, day, hours):
    dr_zhao.organization.time_zone = "Europe/Bratislava"
    dr_zhao.organization.save()
    ScheduleFactory(practitioner=dr_zhao, weekday=6, start=time(1), end=time(4))
    times = scheduling.times_on(dr_zhao, day)
    assert len(times) == hours * 4
    assert all(end - start == timedelta(minutes=15) for start, end in times.items())


def test_a_past_time_and_one_about_to_begin_are_not_offered(dr_li, monday):
    scheduling.open_slots(dr_li)
    with time_machine.travel(MONDAY + timedelta(minutes=12), tick=False):
        assert starts(dr_li)[0] == MONDAY + timedelta(minutes=30)


def test_a_hold_that_ran_out_is_free_again(dr_li, chen, slots):
    slots[0].status, slots[0].held_for = Slot.Status.HELD, chen
    slots[0].held_until = timezone.now() - timedelta(seconds=1)
    slots[0].save()
    assert slots[0] in scheduling.free_times(dr_li)


def test_the_database_refuses_two_times_at_once(dr_li, slots):
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotFactory(practitioner=dr_li, start=slots[0].start + timedelta(minutes=5))


def test_the_database_refuses_to_move_a_time_onto_another(slots):
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slots[1].pk).update(start=slots[0].start + timedelta(minutes=1))


def test_a_time_taken_back_does_not_stand_in_the_way(dr_li, slots):
    slots[0].status = Slot.Status.UNAVAILABLE
    slots[0].save()
    SlotFactory(practitioner=dr_li, start=slots[0].start + timedelta(minutes=1), end=slots[0].end)


def test_the_hospitals_calendar_decides_where_it_is_the_owner(dr_li, monday):
    CalendarCopy.objects.create(practitioner=dr_li, is_owner=True)
    assert scheduling.open_slots(dr_li) == scheduling.Opened()
    found = {MONDAY: (MONDAY + timedelta(minutes=20), "Slot/a")}
    scheduling.mirror(dr_li, found, MONDAY + timedelta(days=1))
    assert [slot.his_ref for slot in scheduling.free_times(dr_li)] == ["Slot/a"]
    scheduling.mirror(dr_li, {}, MONDAY + timedelta(days=1))
    assert scheduling.free_times(dr_li) == []


def test_the_times_closest_to_a_wanted_one_come_in_their_order(dr_li, slots):
    more = [
        SlotFactory(practitioner=dr_li, start=slots[-1].start + timedelta(hours=n)) for n in (1, 3)
    ]
    wanted = slots[2]
    Slot.objects.filter(pk=wanted.pk).update(status=Slot.Status.BUSY)
    near = scheduling.free_times_near
    assert near(dr_li, wanted.start, 3) == [slots[0], slots[1], slots[3]]
    assert near(dr_li, more[1].start + timedelta(days=1), 2) == more
    assert near(dr_li, None, 2) == slots[:2]
    assert near(dr_li, None, 9) == [slots[0], slots[1], slots[3], *more]
