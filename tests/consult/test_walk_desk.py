"""The doctor's way through the pages of a visit, without a line of script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from consult.models import Encounter
from portal.audit.models import AuditEvent
from portal.record.models import RecordSection
from tests.factories import centre_day
from tests.factories.record import record_of
from tests.factories.visits import EncounterFactory

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def url(name, *args):
    return reverse(f"consult:{name}", args=args)


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


def test_the_codes_of_the_hospital_are_said_in_the_doctors_language(as_person, dr_li, here):
    found = {
        "allergies": {"substance": "Penicillin", "severity": "moderate"},
        "conditions": {"text": "Hypertension", "icd10": "I10", "clinical_status": "active"},
    }
    for section, entry in found.items():
        RecordSection.objects.create(
            patient=here.patient, section=section, as_of=timezone.now(), entries=[entry]
        )
    desk = as_person(dr_li)
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    said = [desk.get(url("desk_record", here.pk, section)).content.decode() for section in found]
    assert "中度" in said[0] and "moderate" not in said[0]
    assert "现有" in said[1] and "active" not in said[1]


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


def test_a_prescription_may_be_written_as_soon_as_the_note_names_a_diagnosis(
    as_person, dr_li, here
):
    desk = as_person(dr_li)
    desk.post(url("receive", here.pk))
    desk.post(url("verdict", here.pk), {"verdict": "meets"})
    desk.get(url("desk_encounter", here.pk))
    part, editor = url("prescriptions", here.pk), url("prescribe", here.pk)
    assert "write the diagnosis into the note first" in desk.get(part).content.decode()
    desk.post(url("desk_note", here.pk), {"codes": ["I10"]}, **FETCH)
    assert editor in desk.get(part).content.decode()


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
        "advice": "Go on.", "next_review": centre_day.today() + timedelta(days=30),
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
