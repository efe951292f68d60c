"""What the body refuses (R74), and what nobody has asked (R75)."""

from __future__ import annotations

import pytest

from portal.record.facts import AllergyFact, Coding, Section, Summary
from portal.record.rules import NOTE, OVERRIDE, SHOW, STOP
from tests.portal.record.rules.conftest import found, line

ATC, SNOMED = "http://www.whocc.no/atc", "http://snomed.info/sct"
SULFONAMIDE = AllergyFact("Sulfonamides 磺胺类", (Coding(ATC, "J01E"),), "Rash 皮疹", "moderate")
PENICILLIN = AllergyFact("Allergy to penicillin", (Coding(SNOMED, "91936005"),))


def severities(name, *allergies, **more):
    return [alert.severity for alert in found(line(name, **more), allergies=allergies, rule="R74")]


@pytest.mark.parametrize(
    ("name", "allergy", "severity"),
    [
        ("Simvastatin", AllergyFact("Allergy to simvastatin", (Coding(ATC, "C10AA01"),)), STOP),
        ("Simvastatin", AllergyFact("Simvastatin"), STOP),
        ("Simvastatin", AllergyFact("辛伐他汀过敏", reaction="皮疹"), STOP),
        ("Simvastatin", AllergyFact("", (Coding("", "", "Simvastatin 20 MG Oral Tablet"),)), STOP),
        ("Simvastatin", AllergyFact("statins"), STOP),
        ("Atorvastatin", AllergyFact("Simvastatin", reaction="rash"), OVERRIDE),
        ("Compound sulfamethoxazole", SULFONAMIDE, STOP),
        ("Compound sulfamethoxazole", AllergyFact("Trimethoprim", reaction="hives"), STOP),
        ("Hydrochlorothiazide", SULFONAMIDE, SHOW),
        ("Amoxicillin", PENICILLIN, STOP),
        ("Amoxicillin and clavulanate", PENICILLIN, STOP),
        ("Amoxicillin", AllergyFact("J01C group", (Coding(ATC, "J01C"),)), STOP),
        ("Cefaclor", PENICILLIN, OVERRIDE),
        ("Cefaclor", AllergyFact("Amoxicillin"), OVERRIDE),
        ("Ibuprofen", AllergyFact("Aspirin", reaction="Wheezing"), OVERRIDE),
        ("Morphine", AllergyFact("Codeine", reaction="nausea"), NOTE),
        ("Morphine", AllergyFact("Codeine", kind="intolerance"), NOTE),
        ("Metformin", AllergyFact("Metformin", reaction="Nausea 恶心", kind="intolerance"), NOTE),
        ("Metformin", AllergyFact("Metformin", (), "vomiting", "severe", "intolerance"), OVERRIDE),
        ("Metformin", AllergyFact("Metformin", reaction="rash", kind="intolerance"), STOP),
    ],
)
def test_an_allergy_is_weighed_by_how_close_it_is(name, allergy, severity):
    assert severities(name, allergy) == [severity]


@pytest.mark.parametrize(
    ("name", "allergy"),
    [
        ("Amlodipine", SULFONAMIDE),
        ("Paracetamol", PENICILLIN),
        ("Amlodipine", AllergyFact("Dander (animal) allergy")),
        ("Amlodipine", AllergyFact("花粉")),
        ("Amoxicillin", AllergyFact("penicillin", certainty="refuted")),
        ("Insulin human, regular", AllergyFact("iron")),
    ],
)
def test_what_has_nothing_to_do_with_it_is_not_stopped(name, allergy):
    assert not [s for s in severities(name, allergy) if s in (STOP, OVERRIDE)]


def test_chen_gets_her_own_medicines_without_a_word():
    for name in ("Amlodipine", "Metformin hydrochloride"):
        assert not severities(name, SULFONAMIDE)


def test_an_allergy_that_the_checks_do_not_know_is_shown():
    (alert,) = found(line("Amlodipine"), allergies=[AllergyFact("Blue pills")], rule="R74")
    assert alert.severity == SHOW and "Blue pills" in alert.text


def test_an_allergy_in_the_record_twice_is_told_once():
    assert (
        len(severities("Simvastatin", AllergyFact("Simvastatin"), AllergyFact("Simvastatin"))) == 1
    )


def test_a_stop_needs_both_doctor_and_pharmacist():
    (alert,) = found(line("Amoxicillin"), allergies=[PENICILLIN], rule="R74")
    assert alert.override_needs == ("doctor", "pharmacist")


@pytest.mark.parametrize(
    "section", [Section(None), Section(None, error="unavailable"), Section(())]
)
def test_not_asked_is_not_none(section):
    summary = Summary(allergies=section, medicines=Section(()))
    (alert,) = found(line("Amlodipine"), summary=summary, rule="R75")
    assert alert.severity == STOP


def test_none_known_and_a_list_are_answers():
    assert not found(line("Amlodipine"), rule="R75")
    assert not found(line("Amlodipine"), allergies=[PENICILLIN], rule="R75")
