"""Tests that are due (R80), pregnancy, kidneys and age (R82)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.record.facts import ConditionFact, Reading, Section, Summary, VisitFact
from portal.record.rules import OVERRIDE, SHOW, STOP
from portal.terminology import laboratory
from tests.portal.record.rules.conftest import NONE_KNOWN, SHIPPED, TODAY, found, known, line, old


def reading(code, days_ago, text="", value="", unit=""):
    day = TODAY - timedelta(days=days_ago)
    return Reading(text, code, value, unit, datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


def due(name, *readings, carried_on=True, reports=()):
    taken = [old(name)] if carried_on else []
    summary = Summary(
        allergies=known([NONE_KNOWN]), medicines=known(taken), observations=known(readings),
        reports=known(reports), conditions=known(()),
    )  # fmt: skip
    return {a.key.split(":")[2]: a.severity for a in found(line(name), rule="R80", summary=summary)}


@pytest.mark.parametrize(
    ("name", "test", "code", "days"),
    [
        ("Methotrexate", "fbc", "58410-2", 91), ("Azathioprine", "lft", "1742-6", 91),
        ("Leflunomide", "renal", "2160-0", 91),
        ("Lithium carbonate", "lithium-level", "14334-7", 183),
        ("Rivaroxaban", "renal", "33914-3", 365), ("Enalapril", "potassium", "2823-3", 365),
        ("Losartan potassium", "renal", "2160-0", 365), ("Quetiapine", "glucose", "4548-4", 365),
        ("Warfarin", "inr", "6301-6", 84), ("Amiodarone", "tsh", "3016-3", 183),
    ],
)  # fmt: skip
def test_a_test_is_due_the_day_after_its_interval(name, test, code, days):
    assert test not in due(name, reading(code, days))
    assert due(name, reading(code, days + 1))[test] == OVERRIDE
    assert due(name)[test] == OVERRIDE
    assert due(name, carried_on=False)[test] == SHOW


def test_a_test_is_known_by_its_words_and_from_a_report():
    assert "inr" not in due("Warfarin", reading("", 5, text="INR 国际标准化比值"))
    assert "fbc" not in due("Methotrexate", reports=[VisitFact("血常规", TODAY)])


def test_with_an_unknown_record_it_is_said_and_does_not_block():
    summary = Summary(allergies=known([NONE_KNOWN]), medicines=known([old("Warfarin")]))
    (alert,) = found(line("Warfarin"), rule="R80", summary=summary)
    assert alert.severity == SHOW


def test_every_test_of_the_catalogue_is_known():
    for medication in SHIPPED:
        for wanted in medication.monitoring:
            assert laboratory.named(wanted["test"]).display() and wanted["days"] > 0


WOMAN = {"birth_date": date(1994, 5, 1), "gender": "female"}
PREGNANT = [ConditionFact("Pregnant", "Z34.9", last_seen=TODAY - timedelta(days=20))]


def person(name, days=7, **facts):
    return {a.key.split(":")[2]: a.severity for a in found(line(name), rule="R82", **facts)}


@pytest.mark.parametrize("name", ["Sodium valproate", "Enalapril", "Isotretinoin", "Atorvastatin"])
def test_what_harms_the_child_is_stopped_in_pregnancy(name):
    assert person(name, **WOMAN, conditions=PREGNANT)["pregnancy"] == STOP


def test_a_woman_who_may_be_pregnant_is_asked():
    assert person("Enalapril", **WOMAN)["pregnancy-ask"] == OVERRIDE
    assert "pregnancy-ask" not in person("Amoxicillin", **WOMAN)


@pytest.mark.parametrize(
    "facts",
    [
        {"birth_date": date(1955, 3, 8), "gender": "female"},
        {"birth_date": date(1994, 5, 1), "gender": "male"},
        {"birth_date": date(2016, 5, 1), "gender": "female"},
    ],
)
def test_nobody_else_is_asked(facts):
    assert not {"pregnancy", "pregnancy-ask"} & set(person("Enalapril", **facts))


def test_a_pregnancy_of_last_year_is_over():
    past = [ConditionFact("Pregnant", "Z34.9", last_seen=TODAY - timedelta(days=301))]
    assert person("Enalapril", **WOMAN, conditions=past)["pregnancy-ask"] == OVERRIDE
    ended = [ConditionFact("Pregnant", "Z34.9", clinical_status="resolved")]
    assert "pregnancy" not in person("Enalapril", **WOMAN, conditions=ended)


@pytest.mark.parametrize(
    ("rate", "key"),
    [("45", None), ("44.9", "kidney-caution"), ("30", "kidney-caution"), ("29", "kidney"),
     ("<15", "kidney")],
)  # fmt: skip
def test_kidneys_limit_metformin(rate, key):
    found_keys = person("Metformin", observations=[reading("33914-3", 30, value=rate)])
    assert {"kidney", "kidney-caution"} & set(found_keys) == ({key} if key else set())
    assert found_keys.get("kidney") in (None, STOP)


def test_the_newest_rate_counts_and_an_old_one_does_not():
    newer = [reading("33914-3", 200, value="20"), reading("33914-3", 10, value="80")]
    assert "kidney" not in person("Metformin", observations=newer)
    assert "kidney" not in person("Metformin", observations=[reading("33914-3", 366, value="20")])


def test_a_kidney_diagnosis_stands_in_for_a_missing_rate():
    stage_4 = [ConditionFact("CKD 4", "N18.4", clinical_status="active")]
    assert person("Metformin", conditions=stage_4)["kidney"] == STOP


@pytest.mark.parametrize("value", ["", "NaN", "high", "-5", "1e9", "Infinity"])
def test_an_odd_value_is_no_rate(value):
    assert "kidney" not in person("Metformin", observations=[reading("33914-3", 1, value=value)])


def test_too_young_is_stopped_and_old_age_is_shown():
    assert person("Doxycycline", birth_date=date(2020, 1, 1))["age"] == STOP
    assert person("Digoxin")["elder"] == SHOW
    assert "elder" not in person("Digoxin", birth_date=date(1990, 1, 1))


def test_nothing_is_known_of_an_empty_record():
    unknown = Summary(allergies=Section(), medicines=Section())
    assert not found(line("Metformin"), rule="R82", summary=unknown)
