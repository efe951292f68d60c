"""The doctor decides one by one: approve and sign, talk first, or not agree with a next step."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.accounts.sessions import open_session
from portal.notification.models import Notification
from portal.record import prescribing, signing
from portal.record.facts import AllergyFact, ConditionFact, MedicineFact
from portal.record.models import Prescription
from portal.workflow import Refused
from refill import deciding, escalating, following, listing, picturing, requesting
from refill.deciding import Assessment, Renewal
from refill.models import PrescriptionReview, RefillRequest
from refill.requesting import Wish
from refill.rules import Answers
from refill.triaging import Readings
from tests.factories.people import PatientFactory
from tests.factories.record import days_ago, medicine, often, record_of
from tests.portal.record.conftest import PASSWORD, session_of

NONE_KNOWN = AllergyFact("", none_known=True)
HYPERTENSION = ConditionFact(
    "Essential hypertension", "I10", clinical_status="active", onset=days_ago(2000)
)
CRITERIA = ("diagnosis-clear", "regimen-stable", "adherence-good", "control-steady", "long-term")


def taken(text, atc, left=3):
    return MedicineFact(
        text=text, atc=atc, status="active", authored=days_ago(28 - left), days_supply=28,
        reference=f"MedicationRequest/{atc}", course="continuous",
        dosage="1 tablet (5 mg), once a day, in the morning",
    )  # fmt: skip


def a_record(patient, *facts, **more):
    facts = facts or (taken("Amlodipine 5 mg tablet", "C08CA01"),)
    parts = {"allergies": [NONE_KNOWN], "conditions": [HYPERTENSION], "observations": []}
    record_of(patient, medicines=list(facts), encounters=[], **{**parts, **more})


@pytest.fixture
def key(catalogue, dr_li):
    return signing.open_for(session_of(dr_li), dr_li, PASSWORD)


@pytest.fixture
def asked(catalogue, actor, chen):
    """Chen asks for her amlodipine; three days are left."""
    a_record(chen)
    return ask(actor, chen)


def ask(actor, patient, answers=None, **wish):
    marks = [row.supply.mark for row in listing.to_choose(patient)]
    basket = requesting.ask(
        actor(patient), patient, marks, answers or Answers(), Readings(), wish=Wish(**wish)
    )
    return basket.requests[0]


def renewal(row, **more):
    (picture,) = picturing.pictures([row], None)
    facts = {
        "medication": medicine("Amlodipine"),
        "dose": Decimal(1),
        "frequency": often("qd"),
        "days": row.days,
        "diagnoses": ("I10",),
        "reason": "stable for years",
        "seen": picture.seen,
    }
    return Renewal(**{**facts, **more})


def test_approving_signs_a_renewal_that_goes_to_the_pharmacist(actor, dr_li, key, asked):
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked))
    assert (row.status, row.decided_by) == ("in-progress", dr_li)
    line = row.prescription.lines.get()
    assert row.prescription.status == "signed" and prescribing.is_intact(row.prescription)
    assert (line.days, line.continues) == (28, "MedicationRequest/C08CA01")
    assert PrescriptionReview.objects.get(prescription=row.prescription).status == "pending"


def test_the_second_renewal_carries_on_the_first(actor, dr_li, key, asked, chen):
    first = deciding.approve(actor(dr_li), asked, key, renewal(asked))
    RefillRequest.objects.update(status="completed")
    Prescription.objects.filter(pk=first.prescription_id).update(status="completed")
    again = ask(actor, chen)
    second = deciding.approve(actor(dr_li), again, key, renewal(again))
    assert second.prescription.lines.get().prior_prescription == first.prescription.lines.get()


def test_a_double_tap_signs_once(actor, dr_li, key, asked):
    said = renewal(asked)
    first = deciding.approve(actor(dr_li), asked, key, said)
    again = deciding.approve(actor(dr_li), asked, key, said)
    assert again.prescription == first.prescription
    assert Prescription.objects.filter(patient=asked.patient).count() == 1


def test_nothing_is_approved_before_the_record_stood_there(actor, dr_li, key, asked, chen):
    with pytest.raises(Refused, match="Look at the record"):
        deciding.approve(actor(dr_li), asked, key, renewal(asked, seen=""))
    said = renewal(asked)
    record_of(chen, allergies=[AllergyFact("Amlodipine", kind="allergy")])
    with pytest.raises(Refused, match="read again meanwhile"):
        deciding.approve(actor(dr_li), asked, key, said)
    assert not Prescription.objects.filter(patient=chen).exists()


def test_an_old_record_is_confirmed_with_the_patient_first(actor, dr_li, key, asked, chen):
    at = timezone.now() - timedelta(days=2)
    a_record(chen, as_of=at)
    with pytest.raises(prescribing.NotConfirmed):
        deciding.approve(actor(dr_li), asked, key, renewal(asked))
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked, confirmed_as_of=at))
    assert row.prescription.confirmed_as_of == at


def test_what_the_checks_stop_is_not_signed_and_nothing_is_left_behind(actor, dr_li, key, asked):
    too_much = renewal(asked, dose=Decimal(4))  # 20 mg a day
    with pytest.raises(prescribing.Blocked):
        deciding.approve(actor(dr_li), asked, key, too_much)
    asked.refresh_from_db()
    assert asked.status == "requested" and not Prescription.objects.exists()


@pytest.mark.parametrize("who", ["dr_wang", "dr_zhao"])
def test_another_doctor_may_not_decide(actor, asked, key, who, request):
    other = request.getfixturevalue(who)
    other_key = signing.open_for(session_of(other), other, PASSWORD)
    for deed in (
        lambda: deciding.approve(actor(other), asked, other_key, renewal(asked)),
        lambda: deciding.reject(actor(other), asked, "no", "visit"),
        lambda: deciding.hold(actor(other), asked, "talk"),
    ):
        with pytest.raises(Refused, match="own doctor"):
            deed()


def test_the_second_of_two_doctors_is_told_who_was_quicker(actor, dr_li, dr_wang, key, asked):
    RefillRequest.objects.update(performer=dr_wang)
    asked.refresh_from_db()
    deciding.approve(actor(dr_li), asked, key, renewal(asked))
    with pytest.raises(Refused, match="Li Wei has decided it already"):
        deciding.reject(actor(dr_wang), asked, "no", "visit")


def test_a_no_carries_its_reason_and_the_next_step(actor, dr_li, asked, chen):
    for reason, step in (("", "visit"), ("too low", ""), ("too low", "nonsense")):
        with pytest.raises(Refused):
            deciding.reject(actor(dr_li), asked, reason, step)
    row = deciding.reject(actor(dr_li), asked, "Your pressure is too low.", "visit")
    assert (row.status, row.next_step) == ("rejected", "visit")
    notice = Notification.objects.get(user=chen.user, kind="refill-rejected")
    assert "pressure" not in str(notice.context)
    ((_row, story),) = listing.past(chen)
    assert "Your pressure is too low." in story.sentence and "centre" in story.step


def test_a_talk_first_keeps_the_request_and_can_still_be_approved(actor, dr_li, key, asked, chen):
    held = deciding.hold(actor(dr_li), asked, "Your ankles")
    assert held.status == "on-hold"
    assert Notification.objects.filter(user=chen.user, kind="refill-on-hold").exists()
    assert deciding.approve(actor(dr_li), held, key, renewal(held)).status == "in-progress"


def test_early_needs_the_doctors_own_reason(actor, dr_li, key, chen, catalogue):
    a_record(chen, taken("Amlodipine 5 mg tablet", "C08CA01", left=12))
    row = ask(actor, chen, early="travel")
    with pytest.raises(Refused, match="write why you allow it"):
        deciding.approve(actor(dr_li), row, key, renewal(row))
    said = renewal(row, early_reason="away for a month", overrides=_answered(row))
    assert deciding.approve(actor(dr_li), row, key, said).early_reason == "away for a month"


def _answered(row):
    (picture,) = picturing.pictures([row], None)
    return {alert.key: ("other", "she travels") for alert in picture.alerts if alert.wants_a_reason}


def test_beyond_fourteen_days_only_the_doctor_opens_the_door(actor, dr_li, key, chen, catalogue):
    a_record(chen, taken("Amlodipine 5 mg tablet", "C08CA01", left=20))
    assert ask(actor, chen, early="travel").status == "rejected"
    marks = [row.supply.mark for row in listing.to_choose(chen)]
    wish = Wish(channel="doctor", early_reason="lost her bag")
    (row,) = requesting.ask(actor(dr_li), chen, marks, Answers(), Readings(), wish=wish).requests
    assert (row.status, row.channel) == ("requested", "doctor")
    said = renewal(row, overrides=_answered(row))
    assert deciding.approve(actor(dr_li), row, key, said).status == "in-progress"


def test_over_four_weeks_waits_for_the_residents_yes(actor, dr_li, key, asked, chen):
    with pytest.raises(Refused, match="assess the resident first"):
        deciding.approve(actor(dr_li), asked, key, renewal(asked, days=56))
    judged = Assessment(CRITERIA, "steady for years", educated=True)
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked, days=56, assessment=judged))
    assert (row.status, row.prescription.status) == ("accepted", "draft")
    with pytest.raises(Refused, match="not agreed yet"):
        deciding.approve(actor(dr_li), row, key, renewal(asked, days=56))
    prescribing.agree(actor(chen), row.prescription)
    signed = deciding.approve(actor(dr_li), row, key, renewal(asked, days=56))
    assert signed.status == "in-progress" and signed.prescription.lines.get().days == 56


def test_a_no_after_all_throws_the_draft_away(actor, dr_li, key, asked):
    judged = Assessment(CRITERIA, "steady for years", educated=True)
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked, days=56, assessment=judged))
    row = deciding.reject(actor(dr_li), row, "changed my mind", "talk")
    assert row.status == "rejected"
    assert Prescription.objects.get(pk=row.prescription_id).status == "cancelled"


@pytest.mark.parametrize(
    ("status", "becomes", "why"),
    [
        ("returned", "requested", "dose"),
        ("refused", "failed", "the pharmacist refused it"),
        ("expired", "failed", "it was not ordered in its time"),
        ("cancelled", "failed", "your doctor took it back"),
    ],
)
def test_a_request_follows_its_prescription(actor, dr_li, key, asked, status, becomes, why):
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked))
    form = row.prescription
    form.status, form.status_reason = status, "dose"
    form.save(update_fields=["status", "status_reason"])
    row.refresh_from_db()
    assert (row.status, row.status_reason) == (becomes, why)


def test_a_returned_one_is_decided_anew(actor, dr_li, key, asked):
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked))
    first = row.prescription
    first.status, first.status_reason = "returned", "dose"
    first.save(update_fields=["status", "status_reason"])
    row.refresh_from_db()
    again = deciding.approve(actor(dr_li), row, key, renewal(row))
    assert again.prescription != first and again.status == "in-progress"
    following.follow(first)  # the old one moves nothing any more
    again.refresh_from_db()
    assert again.status == "in-progress"


def test_after_one_working_day_everybody_is_told_once(asked, chen, dr_li, gao):
    assert escalating.escalate() == 0
    RefillRequest.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert (escalating.escalate(), escalating.escalate()) == (1, 0)
    told = set(Notification.objects.values_list("user", "kind"))
    assert told >= {
        (chen.user_id, "refill-late"),
        (dr_li.user_id, "refill-late-doctor"),
        (gao.pk, "refill-late-manager"),
    }


def test_the_manager_hands_it_to_a_colleague_who_then_decides(actor, gao, dr_wang, dr_li, asked):
    assert not RefillRequest.objects.visible_to(actor(dr_wang)).exists()
    with pytest.raises(Refused, match="manager"):
        escalating.hand_to(actor(dr_li), asked, dr_wang)
    escalating.hand_to(actor(gao), asked, dr_wang)
    assert deciding.hold(actor(dr_wang), asked, "talk").decided_by == dr_wang


def test_the_manager_hands_it_to_nobody_elsewhere(actor, gao, dr_zhao, asked):
    with pytest.raises(Refused, match="doctor of this centre"):
        escalating.hand_to(actor(gao), asked, dr_zhao)


@pytest.fixture
def seat(dr_li, key):
    """Dr Li's browser, the signing key open in its session."""
    client = Client()
    dr_li.user.refresh_from_db()
    name = open_session(dr_li.user)
    client.cookies[settings.SESSION_COOKIE_NAME] = name
    session = client.session
    signing.unlock(session, dr_li.user, PASSWORD)
    session.save()
    return client


def test_the_list_shows_every_fact_and_approves_with_one_button(seat, asked, actor, chen):
    page = seat.get(reverse("refill:requests")).content.decode()
    for words in ("Chen Guilan", "3 days", "Last issue", "No allergy known", "Look and decide"):
        assert words in page
    page = seat.get(reverse("refill:decide", args=[asked.pk]))
    form = page.context["form"]
    assert "once a day" in page.content.decode() and "I10" in page.content.decode()
    sent = {name: value for name, value in form.initial.items() if value not in ("", None)}
    answer = seat.post(reverse("refill:approve", args=[asked.pk]), sent)
    assert answer.url == reverse("refill:requests"), answer.content.decode()[:3000]
    asked.refresh_from_db()
    assert asked.status == "in-progress"


def test_the_next_one_opens_after_each_decision(seat, actor, chen, asked, neighbour):
    a_record(neighbour)
    other = ask(actor, neighbour)
    answer = seat.post(reverse("refill:hold", args=[asked.pk]), {"reason": "Let us talk"})
    assert answer.url == reverse("refill:decide", args=[other.pk])
    assert seat.post(reverse("refill:reject", args=[other.pk]), {}).status_code == 422
    said = {"reason": "Too low", "next_step": "visit"}
    assert seat.post(reverse("refill:reject", args=[other.pk]), said).status_code == 302


def test_approving_without_the_record_on_the_page_is_refused(seat, asked):
    url = reverse("refill:approve", args=[asked.pk])
    assert seat.post(url, {}).status_code == 422
    page = seat.get(reverse("refill:decide", args=[asked.pk]))
    sent = {k: v for k, v in page.context["form"].initial.items() if v not in ("", None)}
    assert seat.post(url, sent | {"seen": "x"}).status_code == 409
    asked.refresh_from_db()
    assert asked.status == "requested"


def test_an_unknown_record_asks_for_the_confirmation(seat, asked, chen):
    from portal.record.models import RecordSection

    RecordSection.objects.filter(patient=chen, section="allergies").delete()
    page = seat.get(reverse("refill:decide", args=[asked.pk]))
    assert "I have confirmed them with the patient" in page.content.decode()
    sent = {k: v for k, v in page.context["form"].initial.items() if v not in ("", None)}
    answer = seat.post(reverse("refill:approve", args=[asked.pk]), sent)
    assert answer.status_code == 409


def test_the_list_asks_as_many_questions_for_a_page_as_for_one(seat, actor, asked, dr_li):
    url = reverse("refill:requests")
    seat.get(url)
    with CaptureQueriesContext(connection) as one:
        seat.get(url)
    for number in range(12):
        person = PatientFactory(general_practitioner=dr_li, name=f"Person {number}")
        a_record(person)
        ask(actor, person)
    with CaptureQueriesContext(connection) as many:
        page = seat.get(url)
    assert len(page.context["rows"]) == 13
    assert len(many) == len(one), [q["sql"][:150] for q in many][-15:]


def test_the_list_pages_by_the_last_row(seat, actor, asked, dr_li, monkeypatch):
    monkeypatch.setattr("refill.views.doctor.SHOWN", 2)
    for number in range(4):
        person = PatientFactory(general_practitioner=dr_li, name=f"Person {number}")
        a_record(person)
        ask(actor, person)
    seen, url = [], reverse("refill:requests")
    while url:
        page = seat.get(url)
        seen += [picture.request.pk for picture, _form in page.context["rows"]]
        more = page.context["more"]
        url = f"{reverse('refill:requests')}?after={more.replace('+', '%2B')}" if more else ""
    assert len(seen) == len(set(seen)) == 5
    assert seat.get(reverse("refill:requests"), {"after": "broken|x"}).status_code == 200


def test_the_desk_writes_the_same_request_with_who_asked(as_person, chen, catalogue, registrar):
    a_record(chen)
    client = as_person(registrar)
    find = reverse("refill:find")
    assert client.get(reverse("refill:desk", args=[chen.pk])).status_code == 404
    wrong = client.post(find, {"number": "chen", "birth_date": "1955-03-09"})
    assert wrong.status_code == 422
    went = client.post(find, {"number": "CHEN", "birth_date": "1955-03-08"})
    page = client.get(went.url)
    (row,) = page.context["rows"]
    told = {
        "medicine": [row.supply.mark], "changed": "no", "problem": "no", "elsewhere": "no",
        "weeks": "4", "basket": str(uuid.uuid4()), "channel": "telephone",
    }  # fmt: skip
    assert client.post(went.url, told).status_code == 422  # who asked?
    client.post(went.url, told | {"caller": "her daughter Chen Lin"})
    kept = RefillRequest.objects.get()
    assert (kept.channel, kept.caller) == ("telephone", "her daughter Chen Lin")
    assert kept.asked_by == registrar and kept.status == "requested"


@pytest.fixture
def registrar(centre):
    from portal.accounts.models import User
    from tests.factories.people import UserFactory

    return UserFactory(role=User.Role.REGISTRAR, full_name="Qian Yi", organization=centre)
