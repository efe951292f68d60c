"""The rules R51–R82 that stop a renewal at its signature: the boundary and the case beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from portal.record import prescribing
from portal.record.facts import AllergyFact, Reading
from portal.record.prescribing.signing_off import end_of_validity
from portal.workflow import Refused
from refill import deciding, picturing
from refill.deciding import Assessment
from tests.factories.record import days_ago, medicine, record_of
from tests.refill.asking import CRITERIA, a_record, answered, ask, renewal, taken

ZONE = ZoneInfo("Asia/Shanghai")


def sign(actor, doctor, row, key, **more):
    """The rule that stops this renewal, or nothing."""
    try:
        deciding.approve(actor(doctor), row, key, renewal(row, **more))
    except prescribing.Blocked as refusal:
        return {alert.rule for alert in refusal.alerts}
    return set()


def test_r51_a_prescription_lasts_until_the_end_of_its_day():
    signed = datetime(2026, 11, 22, 10, tzinfo=ZONE)
    assert end_of_validity(signed, 1, ZONE).date() == signed.date()
    assert end_of_validity(signed, 3, ZONE).date() == signed.date() + timedelta(days=2)


@pytest.mark.parametrize(("days", "stopped"), [(8, {"R52"}), (7, set())])
def test_r52_more_than_a_week_needs_a_reason(actor, dr_li, key, asked, days, stopped):
    assert sign(actor, dr_li, asked, key, days=days, reason="") == stopped


@pytest.mark.parametrize(("days", "waits"), [(29, True), (28, False)])
def test_r62_over_four_weeks_waits_for_assessment_and_signature(
    actor, dr_li, key, asked, days, waits
):
    judged = Assessment(CRITERIA, "steady", educated=True)
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked, days=days, assessment=judged))
    assert (row.status == "accepted") is waits


def test_r66_one_condition_less_is_no_long_prescription(actor, dr_li, key, asked):
    judged = Assessment(CRITERIA[:4], "steady", educated=True)
    with pytest.raises(Refused, match="five conditions"):
        deciding.approve(actor(dr_li), asked, key, renewal(asked, days=56, assessment=judged))


def test_r61_never_over_twelve_weeks(actor, chen, dr_li, key, asked):
    judged = Assessment(CRITERIA, "steady", educated=True)
    with pytest.raises(Refused, match="Never for more than 12 weeks"):
        deciding.approve(actor(dr_li), asked, key, renewal(asked, days=85, assessment=judged))
    row = deciding.approve(actor(dr_li), asked, key, renewal(asked, days=84, assessment=judged))
    prescribing.agree(actor(chen), row.prescription)
    assert sign(actor, dr_li, row, key, days=84) == set()


@pytest.mark.parametrize(("substance", "stopped"), [("Amlodipine", True), ("Penicillin", False)])
def test_r74_the_very_substance_is_never_renewed(
    actor, chen, dr_li, key, asked, substance, stopped
):
    record_of(chen, allergies=[AllergyFact(substance, kind="allergy", reaction="anaphylaxis")])
    assert ("R74" in sign(actor, dr_li, asked, key)) is stopped


@pytest.mark.parametrize(("known", "stopped"), [((), True), (None, False)])
def test_r75_nobody_asked_is_not_no_allergies(actor, chen, dr_li, key, asked, known, stopped):
    record_of(chen, allergies=known if known is not None else [AllergyFact("", none_known=True)])
    assert ("R75" in sign(actor, dr_li, asked, key)) is stopped


@pytest.mark.parametrize(("left", "asks"), [(8, True), (7, False)])
def test_r77_a_supply_that_still_lasts_asks_for_a_reason(actor, chen, dr_li, key, catalogue,
                                                         left, asks):  # fmt: skip
    a_record(chen, taken("Amlodipine 5 mg tablet", "C08CA01", left=left))
    row = ask(actor, chen, early="travel")
    row.continues, row.focus = "", None  # as a new order beside the old one
    found = {alert.rule for alert in picturing.pictures([row], None)[0].blocking}
    assert ("R77" in found) is asks


@pytest.mark.parametrize(("dose", "stopped"), [("2.001", True), ("2", False)])
def test_r78_never_above_the_label(actor, dr_li, key, asked, dose, stopped):
    assert ("R78" in sign(actor, dr_li, asked, key, dose=Decimal(dose))) is stopped


@pytest.mark.parametrize(("ago", "due"), [(366, True), (365, False)])
def test_r80_a_test_is_due_the_day_after_its_time(actor, chen, dr_li, key, catalogue, ago, due):
    at = datetime.combine(days_ago(ago), datetime.min.time(), ZONE)
    tests = (("Creatinine", "2160-0"), ("Potassium", "2823-3"))
    done = [Reading(text, code, "80", "umol/L", at) for text, code in tests]
    a_record(chen, taken("Valsartan 80 mg capsule", "C09CA03"), observations=done)
    row = ask(actor, chen)
    assert (row.rule == "R80") is due
    valsartan = {"medication": medicine("Valsartan"), "dose_unit": "capsule"}
    found = sign(actor, dr_li, row, key, **valsartan)
    assert ("R80" in found) is due
    with_reason = replace(renewal(row, **valsartan), overrides=answered(row))
    signed = deciding.approve(actor(dr_li), row, key, with_reason)
    assert signed.status == "in-progress"
