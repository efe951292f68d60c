"""Chen's way through the pages, without a line of script."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from consult.models import Appointment, BookingDraft, Encounter, Slot
from portal.audit.models import AuditEvent
from portal.organization.models import HealthcareService
from portal.record.facts import ConditionFact
from portal.record.models import Consent, ConsentText, RecordSection
from tests.factories import centre_day
from tests.factories.record import record_of
from tests.factories.visits import BookingDraftFactory

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def url(name, *args):
    return reverse(f"consult:{name}", args=args)


@pytest.fixture
def hypertension(chen):
    today = centre_day.today()
    record_of(
        chen,
        conditions=[
            ConditionFact("Hypertension", "I10", clinical_status="active", last_seen=today),
            ConditionFact(
                "Gout", "M10", clinical_status="active", last_seen=today - timedelta(days=181)
            ),
        ],
    )


@pytest.fixture
def phone(as_person, chen):
    return as_person(chen)


def choose(phone, **data):
    return phone.post(
        url("book"), {"evidence": "his:I10", "reasons": "check-up", "words": "", **data}
    )


def answered(phone):
    choose(phone)
    phone.post(url("book_signs"), {"none": "yes"})


def agreement():
    return {"agreed": [str(pk) for pk in ConsentText.objects.values_list("pk", flat=True)]}


def test_four_screens_and_nothing_typed(phone, hypertension, slots):
    first = phone.get(url("times"), follow=True)
    assert first.redirect_chain[-1][0] == url("book")
    assert "Hypertension" in first.content.decode()
    assert choose(phone).headers["Location"] == url("book_signs")
    assert phone.get(url("book_signs")).status_code == 200
    response = phone.post(url("book_signs"), {"none": "yes"})
    assert response.headers["Location"] == url("times")
    assert str(slots[0].pk) in phone.get(url("times")).content.decode()
    check = phone.post(url("times"), {"slot": slots[0].pk}, follow=True)
    assert "Nothing has been charged" in check.content.decode()
    booked = phone.post(check.request["PATH_INFO"], agreement(), follow=True)
    assert "Your appointment is booked" in booked.content.decode()
    assert Appointment.objects.get().status == "booked"


def test_nothing_is_ticked_beforehand(phone, hypertension, slots):
    for page in (phone.get(url("book")), phone.get(url("book_signs"))):
        assert " checked" not in page.content.decode()
    answered(phone)
    check = phone.post(url("times"), {"slot": slots[0].pk}, follow=True)
    assert " checked" not in check.content.decode()


def test_going_back_keeps_the_answers(phone, hypertension):
    choose(phone, words="My home readings are 150.")
    page = phone.get(url("book")).content.decode()
    assert page.count(" checked") == 2
    assert "My home readings are 150." in page


def test_an_illness_seen_too_long_ago_is_no_button(phone, hypertension):
    assert "his:M10" not in phone.get(url("book")).content.decode()
    assert choose(phone, evidence="his:M10").status_code == 422
    assert not BookingDraft.objects.exists()


def test_a_first_visit_is_offered_the_centre(phone, chen):
    record_of(chen, conditions=[])
    page = phone.get(url("book"))
    assert chen.organization.telecom in page.content.decode()
    assert "first visit cannot be online" in page.content.decode()


def test_a_silent_hospital_is_not_an_empty_record(phone, chen):
    RecordSection.objects.create(patient=chen, section="conditions", error="unavailable")
    RecordSection.objects.create(patient=chen, section="encounters", error="unavailable")
    page = phone.get(url("book")).content.decode()
    assert "does not answer" in page
    assert "first visit" not in page
    assert url("paper") in page


def test_an_alarm_shows_120_large_and_goes_on(phone, hypertension, dr_li, slots):
    choose(phone)
    response = phone.post(url("book_signs"), {"flags": "chest-pain", "ticked": "yes"}, follow=True)
    assert "chest pain" in response.content.decode()
    assert 'href="tel:120"' in response.content.decode()
    assert str(slots[0].pk) in response.content.decode()
    assert AuditEvent.objects.filter(action="name-signs").count() == 1


def test_no_answer_to_the_signs_is_asked_again(phone, hypertension):
    choose(phone)
    assert phone.post(url("book_signs"), {"ticked": "yes"}).status_code == 422


def test_a_taken_time_is_answered_with_others(phone, hypertension, slots):
    answered(phone)
    Slot.objects.filter(pk=slots[0].pk).update(status=Slot.Status.BUSY)
    response = phone.post(url("times"), {"slot": slots[0].pk})
    assert response.status_code == 409
    assert str(slots[1].pk) in response.content.decode()


@pytest.mark.parametrize("slot", ["", "nonsense", "5a1f0c1e-0000-4000-8000-000000000000"])
def test_a_time_that_does_not_exist_is_refused_in_words(phone, hypertension, slots, slot):
    answered(phone)
    assert phone.post(url("times"), {"slot": slot}).status_code in (409, 422)
    assert not Appointment.objects.exists()


def test_without_agreeing_nothing_is_booked(phone, hypertension, slots):
    answered(phone)
    phone.post(url("times"), {"slot": slots[0].pk})
    held = Appointment.objects.get()
    assert phone.post(url("check", held.pk)).status_code == 422
    held.refresh_from_db()
    assert held.status == "proposed"
    assert not Consent.objects.exists()


def test_agreeing_twice_books_once_and_shows_it(phone, hypertension, slots):
    answered(phone)
    phone.post(url("times"), {"slot": slots[0].pk})
    held = Appointment.objects.get()
    for _tap in range(2):
        response = phone.post(url("check", held.pk), agreement())
        assert response.headers["Location"] == url("appointment", held.pk)
    assert Encounter.objects.count() == 1


def test_a_time_no_longer_kept_is_said(phone, hypertension, slots):
    answered(phone)
    phone.post(url("times"), {"slot": slots[0].pk})
    phone.post(url("times"), {"slot": slots[1].pk})
    first = Appointment.objects.get(slot=slots[0])
    assert phone.get(url("check", first.pk)).status_code == 409


def test_somebody_unconfirmed_is_led_to_the_real_name_check(phone, chen):
    chen.verified_at = None
    chen.save()
    assert phone.get(url("book")).headers["Location"].startswith(reverse("real_name"))


def test_a_department_not_online_is_said(phone, hypertension):
    HealthcareService.objects.update(is_online=False)
    assert phone.get(url("book")).status_code == 409


def test_cancelling_asks_first_and_says_there_is_no_penalty(phone, booked):
    page = phone.get(url("cancel", booked.pk)).content.decode()
    assert "no consequences" in page
    booked.refresh_from_db()
    assert booked.status == "booked"
    assert phone.post(url("cancel", booked.pk), {"reason": "nonsense"}).status_code == 422
    phone.post(url("cancel", booked.pk), {"reason": "other-time"})
    booked.refresh_from_db()
    assert booked.status == "cancelled"


def test_too_late_to_cancel_is_a_sentence(phone, booked):
    with time_machine.travel(booked.start - timedelta(minutes=5)):
        response = phone.post(url("cancel", booked.pk), {"reason": "other"})
    assert response.status_code == 409


def test_moving_by_one_tap(phone, booked, slots):
    page = phone.get(url("move", booked.pk)).content.decode()
    assert str(slots[2].pk) in page
    phone.post(url("move", booked.pk), {"slot": slots[2].pk})
    booked.refresh_from_db()
    assert booked.slot == slots[2]


def test_the_waiting_room_names_doctor_place_and_promise(phone, visit):
    with time_machine.travel(visit.promised_at - timedelta(minutes=10)):
        phone.post(url("arrive", visit.pk))
        page = phone.get(url("room", visit.pk)).content.decode()
    assert "You are next." in page
    assert "Li Wei" in page
    assert "attending doctor" in page
    assert "General practice" in page
    assert 'role="log"' in page and "data-conversation" in page


def test_the_room_before_its_time_can_be_written_in(phone, visit):
    page = phone.get(url("room", visit.pk)).content.decode()
    assert "The waiting room opens at" in page
    assert f'action="{url("say", visit.pk)}"' in page
    with time_machine.travel(visit.promised_at - timedelta(hours=1, minutes=30)):
        assert phone.post(url("arrive", visit.pk)).status_code == 409


def test_unfinished_answers_lead_to_the_first_screen(phone, chen):
    assert phone.get(url("times")).headers["Location"] == url("book_signs")
    assert phone.get(url("book_signs")).headers["Location"] == url("book")
    BookingDraftFactory(patient=chen, answered_at=None)
    assert phone.get(url("book_signs")).status_code == 200


def test_while_the_hospital_is_asked_for_the_first_time_the_page_looks_again(phone, online):
    page = phone.get(url("book"))
    assert page.status_code == 200 and page["Refresh"] == "2"
    assert "is being read" in page.content.decode()
