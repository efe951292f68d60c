"""The doctor decides one by one: approve and sign, talk first, or not agree with a next step."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from portal.notification.models import Notification
from portal.record import prescribing, signing
from portal.record.facts import AllergyFact
from portal.record.models import Prescription
from portal.workflow import Refused
from refill import deciding, escalating, following, listing, requesting, reviewing
from refill.deciding import Assessment
from refill.models import PrescriptionReview, RefillRequest
from refill.requesting import Wish
from refill.rules import Answers
from refill.triaging import Readings
from tests.factories.record import record_of
from tests.portal.record.conftest import PASSWORD, session_of
from tests.refill.asking import CRITERIA, a_record, answered, ask, renewal, taken
from tests.refill.conftest import GOOD


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
    said = renewal(row, early_reason="away for a month", overrides=answered(row))
    assert deciding.approve(actor(dr_li), row, key, said).early_reason == "away for a month"


def test_beyond_fourteen_days_only_the_doctor_opens_the_door(actor, dr_li, key, chen, catalogue):
    a_record(chen, taken("Amlodipine 5 mg tablet", "C08CA01", left=20))
    assert ask(actor, chen, early="travel").status == "rejected"
    marks = [row.supply.mark for row in listing.to_choose(chen)]
    wish = Wish(channel="doctor", early_reason="lost her bag")
    (row,) = requesting.ask(actor(dr_li), chen, marks, Answers(), Readings(), wish=wish).requests
    assert (row.status, row.channel) == ("requested", "doctor")
    said = renewal(row, overrides=answered(row))
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
    following.follow(form)
    row.refresh_from_db()
    assert (row.status, row.status_reason) == (becomes, why)


def test_whoever_ends_the_prescription_moves_the_request(actor, dr_li, pharmacist, key, asked):
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked))
    review = PrescriptionReview.objects.get(prescription=row.prescription)
    reviewing.return_(actor(pharmacist), review, GOOD, "dose")
    row.refresh_from_db()
    assert (row.status, row.status_reason) == ("requested", "dose")
    row = deciding.approve(actor(dr_li), row, key, renewal(row))
    prescribing.cancel(actor(dr_li), row.prescription, "a slip")
    row.refresh_from_db()
    assert (row.status, row.status_reason) == ("failed", "your doctor took it back")


def test_a_returned_one_is_decided_anew(actor, dr_li, key, asked):
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked))
    first = row.prescription
    first.status, first.status_reason = "returned", "dose"
    first.save(update_fields=["status", "status_reason"])
    following.follow(first)
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
