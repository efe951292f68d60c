"""The prescription editor, as the doctor uses it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consult import closing
from consult.models import Communication, Encounter
from portal.outbox.models import OutboxMessage
from portal.record.facts import AllergyFact, MedicineFact
from portal.record.models import AllergyIntolerance, Prescription
from tests.factories.record import days_ago, medicine, record_of
from tests.factories.visits import EncounterFactory

pytestmark = pytest.mark.usefixtures("catalogue")
PASSWORD = "a long password of a doctor"
AMLODIPINE = MedicineFact(
    text="Amlodipine 5 mg", atc="C08CA01", status="active", authored=days_ago(25), days_supply=28,
    reference="MedicationRequest/1",
)  # fmt: skip
NONE_KNOWN = AllergyFact(substance="", none_known=True)


def url(name, *args):
    return reverse(f"consult:{name}", args=args)


@pytest.fixture
def talk(chen, dr_li, actor):
    """Chen is with Dr Li; the verdict and the diagnosis stand, the record was looked at."""
    visit = EncounterFactory(
        appointment__patient=chen,
        appointment__status="arrived",
        appointment__evidence=[
            {"icd10": "I10", "text": "Hypertension", "day": "2026-01-01", "source": "his",
             "reference": ""}
        ],
        status="in-progress",
        started_at=timezone.now(),
        record_viewed_at=timezone.now(),
    )  # fmt: skip
    closing.judge(actor(dr_li), visit, "meets")
    closing.save_note(actor(dr_li), visit, codes=["I10"])
    return visit


@pytest.fixture
def known(chen):
    record_of(chen, allergies=[NONE_KNOWN], medicines=[AMLODIPINE], observations=[])


@pytest.fixture
def desk(as_person, dr_li):
    dr_li.user.set_password(PASSWORD)
    dr_li.user.save()
    browser = as_person(dr_li)
    browser.post(url("unlock"), {"password": PASSWORD})
    return browser


def add(desk, visit, name="Amlodipine", **more):
    line = {
        "medication": medicine(name).code, "dose": "1", "frequency": "qd", "days": "7",
        "course_of_therapy": "continuous", "continues": "MedicationRequest/1", **more,
    }  # fmt: skip
    return desk.post(url("prescribe", visit.pk), line)


def test_looking_writes_nothing(desk, talk, known):
    assert desk.get(url("prescribe", talk.pk)).status_code == 200
    assert not Prescription.objects.exists()


def test_a_medicine_is_searched_chosen_and_carries_on_what_she_takes(desk, talk, known):
    page = desk.get(url("prescribe", talk.pk), {"q": "amlod"}).content.decode()
    code = medicine("Amlodipine").code
    assert f"?medication={code}" in page
    form = desk.get(url("prescribe", talk.pk), {"medication": code}).content.decode()
    assert '<option value="MedicationRequest/1" selected>' in form


@pytest.mark.parametrize("words", ["\x00", "zzzz", "%", "'; drop", "x" * 500])
def test_odd_words_find_nothing_and_break_nothing(desk, talk, known, words):
    assert desk.get(url("prescribe", talk.pk), {"q": words}).status_code == 200


def test_signing_sends_it_on_and_shows_it_to_her(desk, as_person, chen, talk, known):
    assert add(desk, talk).status_code == 302
    response = desk.post(url("sign_prescription", talk.pk), follow=True)
    assert "goes to the pharmacist" in response.content.decode()
    signed = Prescription.objects.get()
    assert signed.status == "signed"
    assert OutboxMessage.objects.filter(kind="his.prescription").count() == 1
    assert Communication.objects.filter(encounter=talk, kind="card").count() == 1
    page = as_person(chen).get(url("prescription", signed.pk)).content.decode()
    assert "Amlodipine" in page and "1 tablet (5 mg tablet)" in page


def test_signing_twice_signs_once(desk, talk, known):
    add(desk, talk)
    desk.post(url("sign_prescription", talk.pk))
    assert desk.post(url("sign_prescription", talk.pk)).status_code == 404
    assert OutboxMessage.objects.filter(kind="his.prescription").count() == 1


def test_old_data_is_confirmed_with_the_patient_first(desk, talk, chen):
    as_of = timezone.now() - timedelta(hours=25)
    record_of(chen, as_of=as_of, allergies=[NONE_KNOWN], medicines=[AMLODIPINE], observations=[])
    add(desk, talk)
    refused = desk.post(url("sign_prescription", talk.pk))
    assert refused.status_code == 409
    shown = refused.context["as_of"].isoformat()
    desk.post(url("sign_prescription", talk.pk), {"confirmed": "yes", "as_of": shown})
    assert Prescription.objects.get().confirmed_as_of == as_of


def test_the_page_carries_the_very_time_that_is_confirmed(desk, talk, chen):
    as_of = timezone.now() - timedelta(hours=25)
    record_of(chen, as_of=as_of, allergies=[NONE_KNOWN], medicines=[AMLODIPINE], observations=[])
    add(desk, talk)
    page = desk.get(url("prescribe", talk.pk)).content.decode()
    shown = page.split('name="as_of" value="')[1].split('"')[0]
    desk.post(url("sign_prescription", talk.pk), {"confirmed": "yes", "as_of": shown})
    assert Prescription.objects.get().status == "signed"


def test_unknown_allergies_are_asked_and_kept(desk, talk, chen):
    record_of(chen, medicines=[AMLODIPINE], observations=[])
    desk.post(url("allergies", talk.pk), {"none_known": "on"})
    assert AllergyIntolerance.objects.get(patient=chen).is_none_known
    assert desk.post(url("allergies", talk.pk), {"substance": " "}).status_code == 409
    desk.post(url("allergies", talk.pk), {"substance": "penicillin", "reaction": "rash"})
    assert AllergyIntolerance.objects.filter(superseded_at=None).get().substance == "penicillin"


def test_a_stopping_alert_refuses_the_signature_in_words(desk, talk, known):
    add(desk, talk, days="28")
    refused = desk.post(url("sign_prescription", talk.pk))
    assert refused.status_code == 409
    assert "needs a written reason" in refused.content.decode()
    assert Prescription.objects.get().status == "draft"


def test_an_alert_is_set_aside_only_with_a_reason(desk, talk, chen):
    record_of(chen, allergies=[NONE_KNOWN], observations=[])
    add(desk, talk, continues="", days="28", days_reason="She takes it for years.")
    page = desk.get(url("prescribe", talk.pk)).content.decode()
    keys = [part.split('"')[0] for part in page.split('name="alert" value="')[1:]]
    assert keys
    bare = {"alert": keys[0], "code": "", "text": ""}
    assert desk.post(url("override", talk.pk), bare).status_code == 422
    reason = {"code": "continues-therapy", "text": "She has none left."}
    desk.post(url("override", talk.pk), {"alert": keys[0], **reason})
    assert Prescription.objects.get().overrides.get().text == "She has none left."


@pytest.mark.parametrize(
    "fault",
    [{"dose": "0"}, {"dose": "-1"}, {"dose": "NaN"}, {"days": "0"}, {"days": "9" * 9},
     {"frequency": "often"}, {"medication": "nothing"}, {"continues": "MedicationRequest/9"}],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused_in_words(desk, talk, known, fault):
    assert add(desk, talk, **fault).status_code in (409, 422)
    assert not Prescription.objects.filter(lines__isnull=False).exists()


def test_a_line_is_taken_off_and_the_draft_discarded(desk, talk, known):
    add(desk, talk)
    draft = Prescription.objects.get()
    desk.post(url("drop_line", talk.pk, draft.lines.get().pk))
    assert not draft.lines.exists()
    desk.post(url("discard_prescription", talk.pk), {"prescription": draft.pk})
    draft.refresh_from_db()
    assert draft.status == "cancelled"


def test_after_a_stop_every_signature_answers_409(desk, talk, known):
    add(desk, talk)
    Encounter.objects.filter(pk=talk.pk).update(status="cancelled", status_reason="unfit")
    assert desk.post(url("sign_prescription", talk.pk)).status_code == 409
    assert desk.get(url("prescribe", talk.pk)).status_code == 409


def test_another_doctor_finds_no_editor(as_person, dr_wang, talk):
    other = as_person(dr_wang)
    for name in ("prescribe", "sign_prescription", "override", "allergies"):
        assert other.post(url(name, talk.pk)).status_code == 404
