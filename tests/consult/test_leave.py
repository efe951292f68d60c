"""A doctor who cannot go on with five waiting: everyone hears of it, with choices."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consult import leaving, queueing
from consult.models import Appointment, Encounter, Slot
from portal.notification.models import Notification
from tests.consult.test_queue import here
from tests.factories.visits import SlotFactory

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


def test_nobody_books_what_is_left_of_the_day(actor, dr_li):
    zone = dr_li.organization.zone
    noon = datetime.combine(timezone.localdate(timezone=zone), time(12), zone)
    with time_machine.travel(noon, tick=False):
        slot = SlotFactory(practitioner=dr_li, start=noon + timedelta(minutes=30))
        leaving.leave(actor(dr_li), "doctor-absent")
    slot.refresh_from_db()
    assert slot.status == Slot.Status.UNAVAILABLE
