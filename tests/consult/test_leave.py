"""A doctor who cannot go on with five waiting: everyone hears of it, with choices."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consult import booking, leaving, planning, queueing, scheduling
from consult.models import Appointment, CalendarCopy, Encounter, ScheduleException, Slot
from portal.audit import journal
from portal.notification.models import Notification
from tests.consult.test_queue import here
from tests.factories.visits import SlotFactory
from tests.racing import Meeting, at_once

LEAVE = reverse("consult:leave")
Status = Encounter.Status
REASON = {"reason": "doctor-absent"}


def waiting(doctor, start=None):
    """Somebody in the waiting room whose visit is today."""
    return here(doctor, appointment__start=start or timezone.now())


@pytest.fixture
def five(dr_li):
    """Five residents in Dr Li's waiting room."""
    return [waiting(dr_li) for _ in range(5)]


@pytest.fixture
def desk(as_person, dr_li):
    return as_person(dr_li)


def test_the_page_names_everyone_and_asks_for_a_reason(desk, five):
    page = desk.get(LEAVE).content.decode()
    assert all(visit.patient.name in page for visit in five)
    assert desk.post(LEAVE, {}).status_code == 422
    assert Appointment.objects.filter(status="arrived").count() == 5


def test_everyone_who_waits_is_told_once_and_may_choose_anew(
    desk, five, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(LEAVE, REASON).status_code == 302
    for visit in five:
        visit.refresh_from_db()
        assert (visit.status, visit.appointment.cancelled_by) == (Status.CANCELLED, "doctor")
        told = Notification.objects.filter(user=visit.patient.user, kind="appointment-withdrawn")
        assert told.count() == 1
    desk.post(LEAVE, REASON)
    assert Notification.objects.filter(kind="appointment-withdrawn").count() == 5


def test_a_resident_sees_in_the_waiting_room_what_she_can_do_now(as_person, dr_li, actor):
    visit = waiting(dr_li)
    leaving.leave(actor(dr_li), "doctor-absent")
    page = as_person(visit.patient.user).get(reverse("consult:room", args=[visit.pk]))
    text = page.content.decode()
    assert reverse("consult:times") in text
    assert "You pay nothing for this visit" in text and visit.organization.telecom in text


def test_whoever_is_with_the_doctor_stays_and_tomorrow_too(actor, dr_li, five):
    inside = queueing.receive(actor(dr_li), five[0], proof="totp")
    tomorrow = waiting(dr_li, timezone.now() + timedelta(days=1))
    assert leaving.leave(actor(dr_li), "doctor-absent") == 4
    for visit, status in ((inside, Status.IN_PROGRESS), (tomorrow, Status.ARRIVED)):
        visit.refresh_from_db()
        assert visit.status == status


def test_another_doctors_residents_stay(actor, dr_li, dr_wang, five):
    hers = waiting(dr_wang)
    leaving.leave(actor(dr_li), "doctor-absent")
    hers.refresh_from_db()
    assert hers.status == Status.ARRIVED


@pytest.fixture
def noon(dr_li):
    """The middle of the day, where Dr Li works."""
    zone = dr_li.organization.zone
    moment = datetime.combine(timezone.localdate(timezone=zone), time(12), zone)
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def slot(dr_li, noon):
    """A free time of this afternoon."""
    return SlotFactory(practitioner=dr_li, start=noon + timedelta(minutes=30))


def status_of(slot):
    slot.refresh_from_db()
    return slot.status


def test_nobody_books_what_is_left_of_the_day(actor, dr_li, slot):
    leaving.leave(actor(dr_li), "doctor-absent")
    assert status_of(slot) == Slot.Status.UNAVAILABLE


def test_pressed_again_it_says_the_same(actor, dr_li, slot, desk):
    leaving.leave(actor(dr_li), "doctor-absent")
    assert desk.post(LEAVE, REASON).status_code == 302
    assert ScheduleException.objects.filter(practitioner=dr_li).count() == 1


def test_a_day_with_hours_of_its_own_is_closed_too(actor, dr_li, slot):
    hours = ScheduleException(day=slot.start.date(), is_open=True, start=time(12), end=time(18))
    planning.add_day(actor(dr_li), dr_li, hours)
    leaving.leave(actor(dr_li), "doctor-absent")
    assert not scheduling.free_times(dr_li, days=1)
    assert not scheduling.times_on(dr_li, slot.start.date())


def test_a_time_that_the_hospital_keeps_does_not_open_again(actor, dr_li, slot):
    CalendarCopy.objects.create(practitioner=dr_li, is_owner=True)
    leaving.leave(actor(dr_li), "doctor-absent")
    scheduling.mirror(dr_li, {slot.start: (slot.end, "Slot/1")}, slot.end + timedelta(hours=1))
    assert status_of(slot) == Slot.Status.UNAVAILABLE


def test_who_is_about_to_confirm_chooses_another_time(actor, dr_li, slot, chen, answered, agreed):
    held = booking.hold(actor(chen), slot.pk, chen)
    leaving.leave(actor(dr_li), "doctor-absent")
    with pytest.raises(booking.SlotTaken):
        booking.confirm(actor(chen), held, agreed)
    booking.expire_holds()
    held.refresh_from_db()
    assert (held.status, status_of(slot)) == ("cancelled", Slot.Status.UNAVAILABLE)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_whoever_confirms_as_the_doctor_leaves_is_told_or_refused(
    turn, actor, dr_li, slot, chen, answered, agreed
):
    held = booking.hold(actor(chen), slot.pk, chen)
    at_once(
        lambda: booking.confirm(actor(chen), held, agreed),
        lambda: leaving.leave(actor(dr_li), "doctor-absent"),
    )
    booking.expire_holds()
    held.refresh_from_db()
    assert (held.status, status_of(slot)) == ("cancelled", Slot.Status.UNAVAILABLE)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_hours_that_change_and_a_time_that_is_taken_do_not_wait_in_a_ring(
    actor, dr_li, slot, chen, answered, monkeypatch
):
    write, meeting = journal.write, Meeting(2)

    def meet(actor, event, *args, **more):
        """The doctor's deed stops when it has the journal, the resident's when it has the time."""
        if event == "hold":
            meeting.wait()
        line = write(actor, event, *args, **more)
        if event == "set-day":
            meeting.wait()
        return line

    monkeypatch.setattr(journal, "write", meet)
    day = ScheduleException(day=dr_li.organization.today())
    at_once(
        lambda: booking.hold(actor(chen), slot.pk, chen),
        lambda: planning.add_day(actor(dr_li), dr_li, day),
    )
    assert status_of(slot) in (Slot.Status.HELD, Slot.Status.UNAVAILABLE)
