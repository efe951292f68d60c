"""Chen's way through the pages, without a line of script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consult.models import Appointment, BookingDraft, Encounter, Slot
from portal.audit.models import AuditEvent
from portal.organization.models import HealthcareService
from portal.record.facts import ConditionFact
from portal.record.models import Consent, ConsentText, RecordSection
from tests.factories.record import record_of
from tests.factories.visits import BookingDraftFactory, EncounterFactory

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def url(name, *args):
    return reverse(f"consult:{name}", args=args)


@pytest.fixture
def hypertension(chen):
    today = timezone.localdate()
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


# The doctor's side


@pytest.fixture
def here(dr_li, chen, neighbour):
    return EncounterFactory(
        appointment__patient=neighbour,
        appointment__status="arrived",
        appointment__evidence=[
            {"icd10": "I10", "text": "Hypertension", "day": "2026-01-01", "source": "his",
             "reference": ""}
        ],
        status="arrived",
        arrived_at=timezone.now() - timedelta(minutes=7),
        promised_at=timezone.now() - timedelta(minutes=1),
    )  # fmt: skip


def test_the_desk_shows_who_waits_how_long_and_who_acts(as_person, dr_li, here):
    page = as_person(dr_li).get(url("desk")).content.decode()
    assert "Xu Meifang" in page
    assert "7 min" in page
    assert "you act next" in page
    assert "past the promise" in page


def test_the_case_shows_the_banner_and_every_section_with_its_time(as_person, dr_li, here):
    record_of(here.patient, allergies=[])
    page = as_person(dr_li).get(url("desk_encounter", here.pk)).content.decode()
    assert re.search(r"woman, 7\d years", page)
    assert page.count("Not known. This does not mean: none.") == 6
    assert "as of" in page
    here.refresh_from_db()
    assert here.record_viewed_at is not None
    assert AuditEvent.objects.filter(action="open-record").count() == 1


def test_a_section_being_read_is_asked_for_again(as_person, dr_li, here):
    desk = as_person(dr_li)
    section = url("desk_record", here.pk, "allergies")
    RecordSection.objects.create(
        patient=here.patient, section="allergies", refreshing_since=timezone.now()
    )
    response = desk.get(section)
    assert (response.status_code, response.headers["Retry-After"]) == (202, "3")
    RecordSection.objects.update(refreshing_since=None, entries=[], as_of=timezone.now())
    assert desk.get(section).status_code == 200
    assert desk.get(url("desk_record", here.pk, "secrets")).status_code == 404


def test_call_next_receives_after_the_second_factor(as_person, dr_li, here):
    response = as_person(dr_li).post(url("call_next"))
    assert response.headers["Location"] == url("desk_encounter", here.pk)
    here.refresh_from_db()
    assert here.status == "in-progress"


def test_an_old_second_factor_is_asked_for_again_once_a_sitting(as_person, dr_li, here):
    desk = as_person(dr_li)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        response = desk.post(url("call_next"))
        assert response.headers["Location"].startswith(reverse("second_factor"))
        here.refresh_from_db()
        assert here.status == "arrived"


def test_a_running_sitting_needs_no_new_proof(as_person, dr_li, here):
    desk = as_person(dr_li)
    desk.post(url("call_next"))
    Encounter.objects.update(status="finished")
    second = EncounterFactory(
        appointment__patient__general_practitioner=dr_li,
        appointment__status="arrived", status="arrived", arrived_at=timezone.now(),
    )  # fmt: skip
    with time_machine.travel(timezone.now() + timedelta(minutes=9)):
        desk.post(url("call_next"))
    second.refresh_from_db()
    assert second.status == "in-progress"


def test_a_second_visit_is_offered_knowingly(as_person, dr_li, here):
    desk = as_person(dr_li)
    desk.post(url("call_next"))
    other = EncounterFactory(
        appointment__patient__general_practitioner=dr_li,
        appointment__status="arrived", status="arrived", arrived_at=timezone.now(),
    )  # fmt: skip
    response = desk.post(url("receive", other.pk))
    assert response.status_code == 409
    assert "Open another visit beside it" in response.content.decode()
    desk.post(url("receive", other.pk), {"another": "yes"})
    other.refresh_from_db()
    assert other.status == "in-progress"


def test_the_draft_note_is_kept_by_itself_and_survives(as_person, dr_li, here):
    desk = as_person(dr_li)
    desk.post(url("receive", here.pk))
    answer = desk.post(
        url("desk_note", here.pk), {"complaint": "Half a sen", "codes": "I10"}, **FETCH
    )
    assert answer.status_code == 204
    assert "Half a sen" in desk.get(url("desk_encounter", here.pk)).content.decode()


def test_a_wrong_day_in_the_note_is_a_sentence(as_person, dr_li, here):
    desk = as_person(dr_li)
    desk.post(url("receive", here.pk))
    answer = desk.post(url("desk_note", here.pk), {"next_review": "1999-01-01"}, **FETCH)
    assert answer.status_code == 422
    assert "Next review" in answer.content.decode()


def test_signing_with_a_closed_key_leads_to_the_password(as_person, dr_li, here):
    desk = as_person(dr_li)
    desk.post(url("receive", here.pk))
    response = desk.post(url("desk_note", here.pk), {"complaint": "Kept", "then": "sign"})
    assert response.headers["Location"].startswith(url("unlock"))
    assert "Kept" in desk.get(url("desk_encounter", here.pk)).content.decode()


def test_the_whole_visit_ends_in_a_signed_note(as_person, dr_li, here, catalogue):
    dr_li.user.set_password("a long password of a doctor")
    dr_li.user.save()
    desk = as_person(dr_li)
    desk.post(url("receive", here.pk))
    desk.post(url("verdict", here.pk), {"verdict": "meets"})
    unlocked = desk.post(url("unlock"), {"password": "a long password of a doctor"})
    assert unlocked.status_code == 302
    note = {
        "complaint": "Comes for her blood pressure.", "history": "No news.", "codes": "I10",
        "advice": "Go on.", "next_review": timezone.localdate() + timedelta(days=30),
        "then": "sign",
    }  # fmt: skip
    desk.post(url("desk_note", here.pk), note)
    desk.post(url("finish", here.pk))
    here.refresh_from_db()
    assert here.status == "finished"
    assert here.note.signature
    page = as_person(here.patient).get(url("note", here.pk)).content.decode()
    assert "Go on." in page


def test_stopping_leads_the_resident_to_the_centre(as_person, dr_li, here):
    desk = as_person(dr_li)
    desk.post(url("receive", here.pk))
    assert desk.post(url("stop", here.pk), {"reason": "unfit"}).status_code == 422
    desk.post(url("stop", here.pk), {"reason": "unfit", "advice": "Please come in today."})
    page = as_person(here.patient).get(url("room", here.pk)).content.decode()
    assert "Please come in today." in page
    assert here.organization.telecom in page


def test_escalations_are_the_managers_and_hold_no_words(as_person, gao, dr_li, here):
    here.escalated_at = timezone.now()
    here.save()
    page = as_person(gao).get(url("escalations")).content.decode()
    assert "Xu Meifang" in page
    assert "Hypertension" not in page
    assert as_person(dr_li).get(url("escalations")).status_code == 404


def test_foreign_rooms_and_appointments_are_not_found(as_person, neighbour, dr_wang, visit):
    for person, name, pk in [
        (neighbour, "room", visit.pk),
        (neighbour, "appointment", visit.appointment_id),
        (neighbour, "cancel", visit.appointment_id),
        (neighbour, "move", visit.appointment_id),
        (neighbour, "check", visit.appointment_id),
        (dr_wang, "desk_encounter", visit.pk),
        (dr_wang, "stop", visit.pk),
        (dr_wang, "prescribe", visit.pk),
    ]:
        assert as_person(person).get(url(name, pk)).status_code == 404, name
    for person, name in [(neighbour, "arrive"), (dr_wang, "receive"), (dr_wang, "finish")]:
        assert as_person(person).post(url(name, visit.pk)).status_code == 404, name


def test_a_bad_page_mark_at_the_desk_is_not_found(as_person, dr_li):
    assert as_person(dr_li).get(url("desk"), {"after": "forged"}).status_code == 404


def test_unfinished_answers_lead_to_the_first_screen(phone, chen):
    assert phone.get(url("times")).headers["Location"] == url("book_signs")
    assert phone.get(url("book_signs")).headers["Location"] == url("book")
    BookingDraftFactory(patient=chen, answered_at=None)
    assert phone.get(url("book_signs")).status_code == 200
