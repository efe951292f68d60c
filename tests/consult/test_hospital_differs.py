"""The hospital moves a visit, or forgets one: ours follows, or a person is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from consult import booking, comparing, hospital, tasks
from consult.models import Appointment, Encounter, HospitalDifference, Slot
from portal.his.errors import Unavailable
from portal.his.port import HisRef, PatientFact
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from tests.contract.fake_his import FakeHis
from tests.factories import centre_day
from tests.factories.visits import AppointmentFactory, ScheduleFactory


@pytest.fixture
def his(monkeypatch, chen, dr_li):
    fake = FakeHis()
    fake.add_patient(PatientFact(HisRef("Patient", "chen", "1"), name="Chen Guilan"))
    fake.add_doctor("dr-li", [])
    for module in (hospital, comparing):
        monkeypatch.setattr(module, "connect", lambda organization: fake)
    cache.clear()
    return fake


@pytest.fixture
def there(his, booked):
    """The booking has arrived in the hospital."""
    deliver()
    booked.refresh_from_db()
    return booked


def deliver():
    for message in OutboxMessage.objects.exclude(state="done").order_by("pk"):
        {"his.book": hospital.book, "his.cancel": hospital.cancel}[message.kind](message)
        OutboxMessage.objects.filter(pk=message.pk).update(state="done")


def shift(his, appointment, by):
    """Somebody at the hospital's counter moves it."""
    row = his.appointments[appointment.his_ref.removeprefix("Appointment/")]
    own = row["slot"]
    row["slot"] = replace(own, start=own.start + by, end=own.end + by)
    return row["slot"].start


def news(appointment, start, status="booked"):
    his_id = appointment.his_ref.removeprefix("Appointment/")
    hospital.appointment_changed([appointment.organization_id], his_id, status, start)
    appointment.refresh_from_db()


def differences():
    return list(HospitalDifference.objects.filter(closed_at=None).values_list("kind", flat=True))


def told(person, kind):
    return Notification.objects.filter(user=person.user, kind=kind).count()


def test_a_visit_moved_in_the_hospital_moves_here_and_both_hear_of_it(there, chen, dr_li, slots):
    news(there, slots[2].start)
    assert (there.slot_id, there.start, there.status) == (slots[2].pk, slots[2].start, "booked")
    assert Encounter.objects.get(appointment=there).promised_at == slots[2].start
    assert told(chen, "appointment-moved") == 1
    assert told(dr_li, "appointment-moved-doctor") == 1
    assert not OutboxMessage.objects.exclude(state="done").exists()  # the hospital knows
    slots[0].refresh_from_db()
    assert slots[0].status == Slot.Status.UNAVAILABLE


def test_a_time_that_was_never_open_here_is_opened_for_it(there):
    start = there.start + timedelta(days=2, minutes=7)
    news(there, start)
    assert there.start == start and there.slot.status == Slot.Status.BUSY


def test_the_same_news_twice_moves_once(there, chen, slots):
    news(there, slots[2].start)
    news(there, slots[2].start)
    assert told(chen, "appointment-moved") == 1


def test_old_news_does_not_undo_the_residents_own_move(there, his, actor, chen, slots):
    old = there.start
    booking.move(actor(chen), there, slots[2].pk)
    news(there, old)  # read before our cancellation arrived
    assert there.start == slots[2].start
    assert differences() == []


def test_a_time_that_somebody_else_has_is_a_question_and_she_is_told(
    there, chen, gao, neighbour, slots
):
    Slot.objects.filter(pk=slots[2].pk).update(status="busy")
    AppointmentFactory(patient=neighbour, slot=slots[2])
    before = there.start
    news(there, slots[2].start)
    news(there, slots[2].start)
    assert there.start == before
    assert differences() == ["other-time"]
    assert told(chen, "appointment-unclear") == 1
    assert Notification.objects.filter(user=gao, kind="calendar-differs").count() == 1


def test_a_time_that_overlaps_another_is_a_question(there, slots):
    before = there.start
    news(there, slots[2].start + timedelta(minutes=7))
    assert there.start == before and differences() == ["other-time"]


def test_a_visit_moved_into_the_past_or_while_she_waits_is_a_question(there, slots):
    news(there, timezone.now() - timedelta(hours=1))
    assert differences() == ["other-time"]
    HospitalDifference.objects.all().delete()
    Appointment.objects.filter(pk=there.pk).update(status="arrived")
    news(there, slots[2].start)
    assert differences() == ["other-time"]


def test_an_overlooked_move_is_found_at_night(there, his, dr_li, slots):
    start = shift(his, there, timedelta(minutes=30))
    assert comparing.compare(dr_li) == 0
    there.refresh_from_db()
    assert there.start == start == slots[2].start


def test_calendars_that_agree_open_nothing(there, his, dr_li):
    assert comparing.compare(dr_li) == 0
    assert differences() == []


def test_a_visit_the_hospital_does_not_have_is_found(there, his, dr_li):
    his.appointments.clear()
    assert comparing.compare(dr_li) == comparing.compare(dr_li) == 1
    assert differences() == ["not-there"]


def test_what_is_still_being_sent_is_no_difference(booked, his, dr_li):
    assert comparing.compare(dr_li) == 0


def test_a_booking_of_ours_that_lives_on_in_the_hospital_is_found(there, his, dr_li, actor, chen):
    booking.cancel(actor(chen), there)
    OutboxMessage.objects.update(state="done")  # the hospital said yes and did not do it
    assert comparing.compare(dr_li) == 1
    assert differences() == ["only-there"]


def test_the_clinics_own_patients_are_none_of_our_business(there, his, dr_li):
    row = next(iter(his.appointments.values()))
    slot = replace(row["slot"], start=row["slot"].start + timedelta(hours=1))
    his.appointments["walk-in"] = {**row, "slot": slot, "key": None}
    assert comparing.compare(dr_li) == 0


def test_a_silent_or_half_silent_hospital_is_not_compared(there, his, dr_li, monkeypatch):
    his.appointments.clear()
    whole = his.doctor_queue("dr-li", centre_day.today(), dr_li.organization.zone)
    answer = replace(whole, partial=("queue",))
    monkeypatch.setattr(his, "doctor_queue", lambda *args: answer)
    assert comparing.compare(dr_li) == 0
    monkeypatch.undo()
    his.trouble = Unavailable("down")
    monkeypatch.setattr(comparing, "connect", lambda organization: his)
    assert comparing.compare(dr_li) == 0
    assert differences() == []


def test_what_agrees_again_closes_itself(there, his, dr_li):
    kept = dict(his.appointments)
    his.appointments.clear()
    comparing.compare(dr_li)
    his.appointments.update(kept)
    comparing.compare(dr_li)
    row = HospitalDifference.objects.get()
    assert row.closed_at and row.note == "gone by itself"


def test_the_night_asks_each_doctor_who_has_hours(dr_li, dr_wang, monkeypatch):
    ScheduleFactory(practitioner=dr_li)
    asked = []
    monkeypatch.setattr(tasks.compare_doctor, "delay", asked.append)
    tasks.compare_bookings()
    assert asked == [str(dr_li.pk)]


def test_the_manager_sees_it_and_says_what_was_done(there, his, dr_li, gao, as_person):
    his.appointments.clear()
    comparing.compare(dr_li)
    row = HospitalDifference.objects.get()
    browser, page = as_person(gao), reverse("consult:differences")
    assert page in browser.get("/home/").content.decode()
    assert "not in the hospital" in browser.get(page).content.decode()
    settle = reverse("consult:settle_difference", args=[row.pk])
    for nothing in ("", "  ", "\x00"):
        browser.post(settle, {"note": nothing})
        row.refresh_from_db()
        assert row.closed_at is None
    browser.post(settle, {"note": "Booked it there by hand."})
    row.refresh_from_db()
    assert (row.note, row.closed_by) == ("Booked it there by hand.", gao)
    assert browser.post(settle, {"note": "Again."}, follow=True).status_code == 200
    row.refresh_from_db()
    assert row.note == "Booked it there by hand."
