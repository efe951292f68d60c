"""What the hospital hears of a visit, once and in order, and what its own changes do here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from consult import booking, hospital, queueing, scheduling, tasks
from consult.models import Appointment, BookingDraft, CalendarCopy, Encounter, Slot
from portal.his import slots as his_slots
from portal.his.errors import Unavailable
from portal.his.port import HisRef, PatientFact
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import Conflicted
from tests.contract.fake_his import FakeHis

Reason = Appointment.CancelReason


@pytest.fixture
def his(monkeypatch, chen, dr_li):
    """A hospital in memory that knows Chen and Dr Li."""
    fake = FakeHis()
    fake.add_patient(PatientFact(HisRef("Patient", "chen", "1"), name="Chen Guilan"))
    fake.add_doctor("dr-li", [])
    monkeypatch.setattr(hospital, "connect", lambda organization: fake)
    monkeypatch.setattr(his_slots, "connect", lambda organization: fake)
    cache.clear()
    return fake


def send(kind):
    """Send every message of this kind, as the relay does."""
    handlers = {
        "his.book": hospital.book,
        "his.cancel": hospital.cancel,
        "his.appointment": hospital.change,
    }
    return [handlers[kind](row) for row in OutboxMessage.objects.filter(kind=kind).order_by("pk")]


def in_order():
    for row in OutboxMessage.objects.filter(kind__startswith="his.").order_by("pk"):
        {"his.book": hospital.book, "his.cancel": hospital.cancel}[row.kind](row)


def test_a_booking_is_taken_in_the_hospital_and_remembered(his, booked):
    send("his.book")
    booked.refresh_from_db()
    assert booked.his_ref.startswith("Appointment/")
    assert len(his.appointments) == 1


def test_a_repeated_message_books_once(his, booked):
    message = OutboxMessage.objects.get(kind="his.book")
    hospital.book(message)
    message.may_have_arrived = True
    hospital.book(message)
    assert len(his.appointments) == 1


def test_a_booking_given_back_before_it_was_sent_is_never_sent(his, booked, actor, chen):
    booking.cancel(actor(chen), booked)
    in_order()
    assert his.appointments == {}


def test_a_move_leaves_one_living_appointment_in_the_hospital(his, booked, actor, chen, slots):
    send("his.book")
    booking.move(actor(chen), booked, slots[2].pk)
    for row in OutboxMessage.objects.filter(kind__startswith="his.").order_by("pk")[1:]:
        {"his.book": hospital.book, "his.cancel": hospital.cancel}[row.kind](row)
    states = sorted(row["status"] for row in his.appointments.values())
    assert states == ["booked", "cancelled"]
    booked.refresh_from_db()
    assert his.appointments[booked.his_ref.removeprefix("Appointment/")]["status"] == "booked"


def test_a_move_before_anything_was_sent_books_the_new_time_only(his, booked, actor, chen, slots):
    booking.move(actor(chen), booked, slots[2].pk)
    in_order()
    assert len(his.appointments) == 1


def test_arriving_is_told_after_the_booking(his, booked, actor, chen, visit):
    send("his.book")
    Encounter.objects.update(promised_at=timezone.now())
    Appointment.objects.update(start=timezone.now())
    queueing.arrive(actor(chen), visit)
    send("his.appointment")
    assert [row["status"] for row in his.appointments.values()] == ["arrived"]


def take_all(his):
    """Somebody at the hospital's counter was faster."""

    def book(*args, **kwargs):
        raise hospital.SlotTaken

    his.book = book


def test_a_time_taken_in_the_hospital_is_lost_here_and_said(his, booked, chen, slots):
    take_all(his)
    with pytest.raises(Conflicted):
        send("his.book")
    booked.refresh_from_db()
    assert (booked.status, booked.status_reason) == ("cancelled", Reason.HOSPITAL)
    assert booked.cancelled_by == "hospital"
    slots[0].refresh_from_db()
    assert slots[0].status == Slot.Status.UNAVAILABLE
    assert Notification.objects.filter(user=chen.user, kind="appointment-withdrawn").exists()
    assert BookingDraft.objects.get(patient=chen).evidence == booked.evidence
    assert not OutboxMessage.objects.filter(kind="his.cancel").exists()


def test_a_time_that_was_moved_away_is_not_lost(his, booked, actor, chen, slots):
    booking.move(actor(chen), booked, slots[2].pk)
    message = OutboxMessage.objects.filter(kind="his.book").order_by("pk")[0]
    message.may_have_arrived = True
    take_all(his)
    assert hospital.book(message) is None
    booked.refresh_from_db()
    assert booked.status == "booked"


def changed(booked, status, start=None):
    hospital.appointment_changed(
        [booked.organization_id], booked.his_ref.removeprefix("Appointment/"), status, start
    )
    booked.refresh_from_db()
    return booked.status


def test_when_the_clinic_cancels_everyone_is_told(his, booked, chen, dr_li):
    send("his.book")
    booked.refresh_from_db()
    assert changed(booked, "booked") == "booked"
    assert changed(booked, "cancelled", booked.start) == "cancelled"
    assert Notification.objects.filter(user=chen.user, kind="appointment-withdrawn").exists()
    kind = "appointment-withdrawn-doctor"
    assert Notification.objects.filter(user=dr_li.user, kind=kind).exists()


def test_the_echo_of_our_own_move_cancels_nothing(his, booked, actor, chen, slots):
    send("his.book")
    old = booked.start
    moved = booking.move(actor(chen), booked, slots[2].pk)
    moved.refresh_from_db()
    assert changed(moved, "cancelled", old) == "booked"


def test_another_centre_s_news_changes_nothing(his, booked, other_centre):
    send("his.book")
    booked.refresh_from_db()
    his_id = booked.his_ref.removeprefix("Appointment/")
    hospital.appointment_changed([other_centre.pk], his_id, "cancelled", None)
    booked.refresh_from_db()
    assert booked.status == "booked"


def test_a_closed_time_of_the_clinic_is_closed_here(booked, slots):
    for n, slot in enumerate(slots):
        Slot.objects.filter(pk=slot.pk).update(his_ref=f"Slot/{n}")
    hospital.slot_changed([booked.organization_id], "1", "busy")
    hospital.slot_changed([booked.organization_id], "0", "busy-unavailable")
    slots[1].refresh_from_db()
    booked.refresh_from_db()
    assert slots[1].status == Slot.Status.UNAVAILABLE
    assert booked.status == "cancelled"


def test_the_signal_of_the_hospital_arrives(his, booked):
    from portal.his.signals import appointment_changed

    send("his.book")
    booked.refresh_from_db()
    answers = appointment_changed.send_robust(
        sender=None, organizations=[booked.organization_id],
        his_id=booked.his_ref.removeprefix("Appointment/"), status="cancelled",
        start=booked.start, patient_his_id="chen", doctor_his_id="dr-li",
    )  # fmt: skip
    assert not [answer for _receiver, answer in answers if isinstance(answer, Exception)]
    booked.refresh_from_db()
    assert booked.status == "cancelled"


# The calendar that the hospital keeps


def test_the_hospitals_free_times_are_copied(his, dr_li):
    start = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    his.add_doctor("dr-li", [start])
    CalendarCopy.objects.create(practitioner=dr_li, is_owner=True)
    tasks.read_calendar(str(dr_li.pk))
    assert [slot.start for slot in scheduling.free_times(dr_li)] == [start]
    assert scheduling.calendar_of(dr_li).as_of is not None


def test_a_silent_hospital_leaves_the_copy_and_its_time(his, dr_li, slots):
    as_of = timezone.now() - timedelta(hours=1)
    CalendarCopy.objects.create(practitioner=dr_li, is_owner=True, as_of=as_of)
    his.trouble = Unavailable("down")
    tasks.read_calendar(str(dr_li.pk))
    copy = scheduling.calendar_of(dr_li)
    assert (copy.as_of, copy.error) == (as_of, "Unavailable")
    assert scheduling.free_times(dr_li) == slots


def test_a_calendar_is_asked_for_once_a_minute(dr_li, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.read_calendar, "delay", asked.append)
    CalendarCopy.objects.create(practitioner=dr_li, is_owner=True)
    for _time in range(3):
        tasks.ask_for_calendar(dr_li.pk)
    assert asked == [str(dr_li.pk)]


# The clock


def test_a_reminder_is_sent_once(booked, chen):
    Appointment.objects.update(start=timezone.now() + timedelta(minutes=59))
    tasks.remind()
    tasks.remind()
    kind = "appointment-reminder"
    assert Notification.objects.filter(user=chen.user, kind=kind).count() == 1


def test_nobody_is_reminded_of_what_is_past_or_far(booked, chen):
    for start in (timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(minutes=90)):
        Appointment.objects.update(start=start)
        tasks.remind()
    assert not Notification.objects.filter(kind="appointment-reminder").exists()


def test_every_task_may_run_twice(booked):
    for task in (
        tasks.open_slots, tasks.expire_holds, tasks.remind, tasks.keep_promises,
        tasks.miss_absent, tasks.read_calendars,
    ):  # fmt: skip
        task()
        task()
