"""The refill engine by rule: a case at the boundary day, and one beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.terminology.models import Medication
from refill.rules import STABLE_DAYS, Answers, Case, Kind, triage
from tests.factories.counter import MedicationFactory

TODAY = date(2026, 11, 21)


def ago(days):
    return TODAY - timedelta(days=days)


@pytest.fixture
def case(catalogue):
    """A steady medicine with five days left: a repeat."""
    medicine = MedicationFactory.build(long_prescription_days=84)
    return Case(
        medication=medicine,
        today=TODAY,
        days_left=5,
        last_issue=ago(23),
        first_issue=ago(300),
        reviewed=ago(100),
    )


def test_a_steady_medicine_is_a_repeat(case):
    assert triage(case).kind == Kind.REPEAT


LOOK, EARLY, NEVER = Kind.REASSESS, Kind.TOO_EARLY, Kind.NOT_ALLOWED
UNSTABLE = {"is_stable": False}

#: rule, what stops it, how, and the day or fact beside it that does not
BESIDE = [
    ("R68", {"days_left": 8}, EARLY, {"days_left": 7}),
    ("R68", {"days_left": 15}, EARLY, {"days_left": 0}),
    ("R68", {"days_left": 8}, EARLY, {"days_left": 8, "early_reason": "travel"}),
    ("R68", {"days_left": None}, LOOK, {"days_left": 0}),
    ("R63", {"days_left": None, "first_issue": None}, NEVER, {"days_left": 0}),
    ("R59", {"medication": None}, NEVER, {}),
    ("R61", {"wanted_days": 85}, NEVER, {"wanted_days": 84}),
    ("R82", {"answers": Answers(may_be_pregnant=True)}, LOOK, {"answers": Answers()}),
    ("R71", {"is_as_needed": True}, LOOK, {"is_as_needed": False}),
    ("R66", {"is_continuous": False}, NEVER, {"is_continuous": True}),
    ("R65", {"admitted_since": ago(23)}, LOOK, {"admitted_since": ago(24)}),
    ("R65", {"new_diagnosis_since": ago(23)}, LOOK, {"new_diagnosis_since": ago(24)}),
    ("R65", {"off_target": "blood pressure"}, LOOK, {"off_target": ""}),
    ("R64", {"days_left": -90}, LOOK, {"days_left": -89}),
    ("R70", {"reviewed": ago(361)}, LOOK, {"reviewed": ago(360)}),
    ("R70", UNSTABLE | {"reviewed": ago(181)}, LOOK, UNSTABLE | {"reviewed": ago(180)}),
    ("R70", {"repeats_left": 0}, LOOK, {"repeats_left": 1}),
    ("R71", {"changed": ago(STABLE_DAYS - 1)}, LOOK, {"changed": ago(STABLE_DAYS)}),
    ("R80", {"overdue_tests": ("HbA1c",)}, LOOK, {"overdue_tests": ()}),
    ("R72", {"answers": Answers(takes_as_written=False)}, LOOK, {"answers": Answers()}),
    ("R72", {"answers": Answers(has_new_problem=True)}, LOOK, {"answers": Answers()}),
    ("R72", {"answers": Answers(saw_another_doctor=True)}, LOOK, {"answers": Answers()}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "stopped", "kind", "beside"), BESIDE)
def test_each_rule_stops_at_its_boundary_and_not_beside_it(case, rule, stopped, kind, beside):
    verdict = triage(replace(case, **stopped))
    assert (verdict.rule, verdict.kind) == (rule, kind)
    assert triage(replace(case, **beside)).kind == Kind.REPEAT


MEDICINES = [
    ("R55", {"control": control})
    for control in Medication.Control.values
    if control != Medication.Control.NONE
] + [
    ("R67", {"is_antimicrobial": True}),
    ("R67", {"storage": Medication.Storage.COLD}),
    ("R67", {"long_prescription_days": 0}),
]


@pytest.mark.parametrize(("rule", "facts"), MEDICINES)
def test_what_may_never_be_repeated_online_is_refused_for_good(case, rule, facts):
    facts = {"long_prescription_days": 84} | facts
    verdict = triage(replace(case, medication=MedicationFactory.build(**facts)))
    assert (verdict.rule, verdict.kind, verdict.opens_on) == (rule, Kind.NOT_ALLOWED, None)


def test_too_early_says_from_when(case):
    assert triage(replace(case, days_left=20)).opens_on == TODAY + timedelta(days=13)


def test_more_than_the_medicine_allows_is_refused_too(case):
    short = MedicationFactory.build(long_prescription_days=28)
    assert triage(replace(case, medication=short, wanted_days=29)).rule == "R61"
    assert triage(replace(case, medication=short, wanted_days=28)).kind == Kind.REPEAT


def test_what_harms_a_child_is_never_repeated(case):
    harmful = MedicationFactory.build(long_prescription_days=84, pregnancy="contraindicated")
    said = Answers(may_be_pregnant=True)
    verdict = triage(replace(case, medication=harmful, answers=said))
    assert (verdict.rule, verdict.kind) == ("R82", Kind.NOT_ALLOWED)
    assert triage(replace(case, medication=harmful)).kind == Kind.REPEAT


@pytest.mark.parametrize(("days", "kind"), [(100, Kind.REASSESS), (101, Kind.REPEAT)])
def test_a_medicine_with_frequent_tests_is_watched_closely(case, days, kind):
    tests = [{"test": "lft", "days": days, "required": True}]
    watched = MedicationFactory.build(long_prescription_days=84, monitoring=tests)
    assert triage(replace(case, medication=watched)).kind == kind
