"""More than four weeks: assessed by the doctor, agreed to by the resident (R62, R66)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from consult import closing
from consult.models import Communication
from portal.notification.models import Notification
from portal.record import prescribing
from portal.record.facts import AllergyFact, MedicineFact
from portal.record.models import Prescription
from portal.record.rules.length import CRITERIA
from tests.consult.stages import PASSWORD
from tests.factories.record import days_ago, medicine, often, record_of

pytestmark = pytest.mark.usefixtures("catalogue")
ASSESSED = {"criteria": CRITERIA, "assessment": "128/78 for a year.", "educated": "on"}


def url(name, *args):
    return reverse(f"consult:{name}", args=args)


@pytest.fixture
def desk(as_person, dr_li, seen, chen):
    dr_li.user.set_password(PASSWORD)
    dr_li.user.save()
    browser = as_person(dr_li)
    browser.post(url("unlock"), {"password": PASSWORD})
    return browser


@pytest.fixture
def draft(desk, doctor, seen, chen):
    """Amlodipine for eight weeks, which Chen takes already."""
    taken = MedicineFact(
        text="Amlodipine 5 mg", atc="C08CA01", status="active", authored=days_ago(25),
        days_supply=28, reference="MedicationRequest/1",
    )  # fmt: skip
    record_of(
        chen, allergies=[AllergyFact("", none_known=True)], medicines=[taken], observations=[]
    )
    draft = closing.draft_prescription(doctor, seen)
    add(doctor, draft, 56)
    return draft


def add(doctor, draft, days, name="Amlodipine"):
    return prescribing.add_line(
        doctor, draft, medicine(name), 1, often("qd"), days, days_reason="stable for years"
    )


def asked(page):
    return page.content.decode().split('name="seen" value="')[1].split('"')[0]


def test_eight_weeks_are_signed_after_assessment_and_agreement(desk, as_person, chen, draft, seen):
    assert desk.post(url("sign_prescription", seen.pk)).status_code == 409
    assert "Assess and ask" in desk.get(url("prescribe", seen.pk)).content.decode()
    assert desk.post(url("assess_long", seen.pk), ASSESSED).status_code == 302
    assert "has been asked to agree" in desk.get(url("prescribe", seen.pk)).content.decode()
    assert desk.post(url("sign_prescription", seen.pk)).status_code == 409
    hers = as_person(chen)
    page = hers.get(url("agreement", draft.pk))
    assert "128/78 for a year." in page.content.decode()
    hers.post(url("agreement", draft.pk), {"seen": asked(page), "agreed": "on"})
    assert "agreed at" in desk.get(url("prescribe", seen.pk)).content.decode()
    assert desk.post(url("sign_prescription", seen.pk)).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "signed" and draft.long_agreed_at


def test_both_are_told_and_the_conversation_leads_there(desk, as_person, chen, dr_li, draft, seen):
    desk.post(url("assess_long", seen.pk), ASSESSED)
    notice = Notification.objects.get(user=chen.user, kind="agreement-asked")
    assert notice.context["prescription"] == str(draft.pk)
    card = Communication.objects.get(encounter=seen, kind="card")
    assert card.body["url"] == url("agreement", draft.pk)
    hers = as_person(chen)
    yes = {"seen": asked(hers.get(url("agreement", draft.pk))), "agreed": "on"}
    hers.post(url("agreement", draft.pk), yes)
    hers.post(url("agreement", draft.pk), yes)  # a double tap
    assert Notification.objects.filter(user=dr_li.user, kind="agreement-given-doctor").count() == 1
    assert Communication.objects.filter(encounter=seen, body__code="agreed").count() == 1


def test_she_finds_it_on_her_home_page(desk, as_person, chen, draft, seen):
    assert url("agreement", draft.pk) not in as_person(chen).get("/home/").content.decode()
    desk.post(url("assess_long", seen.pk), ASSESSED)
    assert url("agreement", draft.pk) in as_person(chen).get("/home/").content.decode()


def test_nobody_agrees_without_a_mark_of_their_own(desk, as_person, chen, draft, seen):
    desk.post(url("assess_long", seen.pk), ASSESSED)
    hers = as_person(chen)
    page = hers.get(url("agreement", draft.pk))
    assert "checked" not in page.content.decode()
    answer = hers.post(url("agreement", draft.pk), {"seen": asked(page)})
    assert answer.status_code == 422
    assert Prescription.objects.get(pk=draft.pk).long_agreed_at is None


def test_what_was_changed_meanwhile_is_read_again(desk, doctor, as_person, chen, draft, seen):
    desk.post(url("assess_long", seen.pk), ASSESSED)
    hers = as_person(chen)
    stale = asked(hers.get(url("agreement", draft.pk)))
    add(doctor, draft, 84, "Metformin")
    answer = hers.post(url("agreement", draft.pk), {"seen": stale, "agreed": "on"})
    assert answer.status_code == 409
    assert Prescription.objects.get(pk=draft.pk).long_agreed_at is None


def test_another_long_medicine_ends_the_agreement(desk, doctor, actor, chen, draft, seen):
    desk.post(url("assess_long", seen.pk), ASSESSED)
    prescribing.agree(actor(chen), draft)
    add(doctor, draft, 14, "Metformin")
    assert Prescription.objects.get(pk=draft.pk).long_agreed_at
    add(doctor, draft, 29, "Aspirin")
    assert Prescription.objects.get(pk=draft.pk).long_agreed_at is None


@pytest.mark.parametrize(
    "fault",
    [{"criteria": CRITERIA[:4]}, {"criteria": []}, {"assessment": " "}, {"assessment": "x" * 1001},
     {"educated": ""}, {"criteria": ["nonsense"]}, {"assessment": "a\x00b"}],
)  # fmt: skip
def test_a_half_assessment_asks_nobody(desk, chen, draft, seen, fault):
    answer = desk.post(url("assess_long", seen.pk), {**ASSESSED, **fault})
    assert answer.status_code in (409, 422)
    assert not Notification.objects.filter(user=chen.user, kind="agreement-asked").exists()
    assert Prescription.objects.get(pk=draft.pk).long_assessment == {}


def test_only_the_resident_who_is_asked_finds_the_page(
    desk, as_person, chen, neighbour, dr_wang, draft, seen
):
    assert as_person(chen).get(url("agreement", draft.pk)).status_code == 404  # not asked yet
    desk.post(url("assess_long", seen.pk), ASSESSED)
    assert as_person(neighbour).get(url("agreement", draft.pk)).status_code == 404
    assert as_person(dr_wang).get(url("agreement", draft.pk)).status_code == 404
    assert as_person(dr_wang).get(url("assess_long", seen.pk)).status_code == 404
    assert as_person(chen).get(url("agreement", draft.pk)).status_code == 200


def test_a_draft_thrown_away_leaves_nothing_to_agree_to(desk, as_person, chen, draft, seen):
    desk.post(url("assess_long", seen.pk), ASSESSED)
    hers = as_person(chen)
    seen_mark = asked(hers.get(url("agreement", draft.pk)))
    desk.post(url("discard_prescription", seen.pk), {"prescription": draft.pk})
    assert "nothing to agree to" in hers.get(url("agreement", draft.pk)).content.decode()
    answer = hers.post(url("agreement", draft.pk), {"seen": seen_mark, "agreed": "on"})
    assert answer.status_code == 409


def test_what_was_assessed_and_agreed_is_signed_with_it(desk, actor, doctor, chen, draft, key):
    prescribing.assess_long(doctor, draft, CRITERIA, "128/78 for a year.", True)
    prescribing.agree(actor(chen), draft)
    signed = prescribing.sign(doctor, draft, key)
    assert "128/78 for a year." in signed.signed.signed_bytes
    assert signed.long_agreed_at.isoformat() in signed.signed.signed_bytes


def test_the_guardian_of_a_small_child_is_written_down(desk, chen, draft, seen):
    chen.birth_date = days_ago(5 * 365)
    chen.save()
    page = desk.get(url("prescribe", seen.pk)).content.decode()
    assert url("guardian", seen.pk) in page
    assert desk.post(url("guardian", seen.pk), {"name": " "}).status_code in (409, 422)
    assert desk.post(url("guardian", seen.pk), {"name": "Chen Lin"}).status_code == 302
    page = desk.get(url("prescribe", seen.pk)).content.decode()
    assert "Chen Lin is with the child" in page and url("guardian", seen.pk) not in page


def test_a_grown_up_needs_no_guardian(desk, draft, seen):
    assert url("guardian", seen.pk) not in desk.get(url("prescribe", seen.pk)).content.decode()


@pytest.mark.parametrize(("dose", "words"), [("0.25", "0.25 tablet"), ("10", "10 tablet")])
def test_a_dose_is_never_rounded_nor_written_as_a_power(
    desk, as_person, doctor, chen, seen, draft, dose, words
):
    for line in draft.lines.all():
        prescribing.remove_line(doctor, draft, line.pk)
    prescribing.add_line(doctor, draft, medicine("Amlodipine"), dose, often("qd"), 7)
    assert words in desk.get(url("prescribe", seen.pk)).content.decode()
    Prescription.objects.filter(pk=draft.pk).update(signed_at=seen.started_at)
    page = as_person(chen).get(url("prescription", draft.pk)).content.decode()
    assert words in page
