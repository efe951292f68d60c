"""Whether the form is lawful and whole, and how long it may last (R9, R52–R55, R60–R67)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.record.facts import Section, Summary
from portal.record.rules import OVERRIDE, STOP
from portal.record.rules.length import CRITERIA
from portal.terminology.models import Medication
from tests.portal.record.rules.conftest import NONE_KNOWN, SHIPPED, drug, found, known, line, old

READY = {
    "long_assessment": {"criteria": list(CRITERIA), "text": "stable", "educated": True},
    "has_agreed": True,
}
TAKEN = [old("Amlodipine 5 mg", "C08CA01", status="completed")]


def stops(*lines, rule, **facts):
    return [a.key for a in found(*lines, rule=rule, **facts) if a.severity == STOP]


def long(days, name="Amlodipine", reason="stable for years", **more):
    return line(name, days=days, days_reason=reason, **more)


@pytest.mark.parametrize("control", [c for c in Medication.Control.values if c != "none"])
def test_every_controlled_class_is_refused_for_everybody(control):
    medicines = [m for m in SHIPPED if m.control == control]
    assert medicines
    for medication in medicines:
        given = line(medication, quantity=Decimal(1))
        (alert,) = found(given, rule="R55")
        assert alert.severity == STOP and not alert.override_needs


@pytest.mark.parametrize(("count", "stopped"), [(5, False), (6, True)])
def test_the_sixth_line_must_be_split(count, stopped):
    names = ["Amlodipine", "Metformin", "Losartan potassium", "Aspirin", "Omeprazole", "Folic acid"]
    lines = [line(name, position=n) for n, name in enumerate(names[:count], 1)]
    assert bool(stops(*lines, rule="R53")) is stopped


@pytest.mark.parametrize(
    "facts", [{"name": " "}, {"gender": "unknown"}, {"gender": ""}, {"diagnosis": ()}]
)
def test_a_missing_field_is_refused(facts):
    assert stops(line("Amlodipine"), rule="R54", **facts)


@pytest.mark.parametrize(
    "words", ["as directed", "遵医嘱", "Take AS TOLD by the doctor", "按说明书服用"]
)
def test_vague_directions_are_refused(words):
    assert stops(line("Amlodipine", instruction=words), rule="R54")


def test_plain_directions_are_fine():
    assert not stops(line("Amlodipine", instruction="in the morning, 饭后"), rule="R54")


@pytest.mark.parametrize(
    ("born", "guardian", "department", "rules"),
    [
        (date(2020, 11, 23), False, "Paediatrics", {"R9:guardian"}),  # 5 years, 364 days
        (date(2020, 11, 23), True, "General practice", {"R9:specialist"}),
        (date(2020, 11, 23), True, "儿科", set()),
        (date(2020, 11, 22), False, "General practice", set()),  # the 6th birthday
    ],
)
def test_a_child_under_six_needs_a_guardian_and_a_doctor_for_children(
    born, guardian, department, rules
):
    keys = stops(
        line("Loratadine"), rule="R9", birth_date=born, has_guardian=guardian, department=department
    )
    assert set(keys) == rules


def test_a_doctor_for_children_does_not_treat_adults():
    assert stops(line("Amlodipine"), rule="R60", department="Paediatrics")
    assert not stops(line("Amlodipine"), rule="R60", department="General practice")


@pytest.mark.parametrize(
    ("days", "reason", "stopped"), [(7, "", False), (8, "", True), (8, "travels", False)]
)
def test_more_than_a_week_needs_a_reason(days, reason, stopped):
    given = long(days, reason=reason)
    assert bool(stops(given, rule="R52", medicines=TAKEN)) is stopped


@pytest.mark.parametrize(("days", "stopped"), [(84, False), (85, True)])
def test_never_more_than_twelve_weeks(days, stopped):
    assert bool(stops(long(days), rule="R61", medicines=TAKEN, **READY)) is stopped


def test_a_medicine_has_a_shorter_limit_of_its_own():
    taken = [old("Warfarin", "B01AA03")]
    assert not stops(long(28, "Warfarin"), rule="R61", medicines=taken)
    assert stops(long(29, "Warfarin"), rule="R61", medicines=taken, **READY)


def test_over_four_weeks_needs_assessment_teaching_and_the_residents_yes():
    assert not stops(long(28), rule="R62", medicines=TAKEN)
    given = long(29)
    assert not stops(given, rule="R62", medicines=TAKEN, **READY)
    assert not stops(given, rule="R66", medicines=TAKEN, **READY)
    assert stops(given, rule="R62", medicines=TAKEN, **{**READY, "has_agreed": False})
    half = {**READY["long_assessment"], "educated": False}
    assert stops(given, rule="R62", medicines=TAKEN, **{**READY, "long_assessment": half})


@pytest.mark.parametrize("missing", CRITERIA)
def test_any_unmet_condition_means_no_long_prescription(missing):
    met = [word for word in CRITERIA if word != missing]
    facts = {**READY, "long_assessment": {**READY["long_assessment"], "criteria": met}}
    assert stops(long(29), rule="R66", medicines=TAKEN, **facts)


@pytest.mark.parametrize(
    ("name", "atc"),
    [("Insulin glargine", "A10AE04"), ("Amoxicillin", "J01CA04"), ("Paracetamol", "N02BE01")],
)
def test_cold_antimicrobial_and_short_term_medicines_are_never_long(name, atc):
    assert stops(long(8, name), rule="R67", medicines=[old(name, atc)])
    assert not stops(long(7, name), rule="R67", medicines=[old(name, atc)])


def test_a_chronic_infection_may_be_treated_long():
    taken = [old("Isoniazid", "J04AC01")]
    assert not stops(long(28, "Isoniazid"), rule="R67", medicines=taken, diagnosis=("A15.0",))
    assert stops(long(28, "Isoniazid"), rule="R67", medicines=taken, diagnosis=("I10",))


def test_a_local_policy_may_allow_cold_storage():
    taken = [old("Insulin glargine", "A10AE04")]
    limits = {"ltp.cold_storage_allowed": True}
    assert not stops(long(28, "Insulin glargine"), rule="R67", medicines=taken, limits=limits)


def test_a_first_long_prescription_belongs_to_a_visit():
    assert stops(long(28), rule="R63")
    assert not stops(long(28), rule="R63", medicines=TAKEN)
    assert not stops(long(28, is_renewal=True), rule="R63")
    assert stops(long(28, continues="MedicationRequest/invented"), rule="R63")
    assert not stops(line("Amlodipine"), rule="R63")


def test_with_unknown_medicines_a_first_one_needs_a_reason():
    summary = Summary(allergies=known([NONE_KNOWN]), medicines=Section())
    (alert,) = found(long(28), rule="R63", summary=summary)
    assert alert.severity == OVERRIDE


@pytest.mark.parametrize(("title", "stopped"), [("resident-doctor", True), ("attending", False)])
def test_where_a_first_one_is_allowed_online_it_needs_an_attending_doctor(title, stopped):
    limits = {"ltp.first_online": True}
    assert bool(stops(long(28), rule="R63", limits=limits, title=title)) is stopped
    assert not stops(long(28), rule="R63", limits=limits, title=title, medicines=TAKEN)


def test_limits_come_from_the_parameter_table():
    assert stops(line("Amlodipine", days=4), rule="R52", limits={"rx.days_ordinary": 3})
    assert not drug("Amlodipine").is_forbidden_online
