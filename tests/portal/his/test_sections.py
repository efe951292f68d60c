"""Inbound is tolerant: untidy rows survive, and no row vanishes that a doctor must see."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.his.wire import medicines, people, sections

SNOMED, ICD10 = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10"
ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"


def concept(*pairs, text=""):
    coding = [{"system": system, "code": code} for system, code in pairs]
    return {"coding": coding} | ({"text": text} if text else {})


def test_an_allergy_keeps_its_codes_its_reaction_and_its_worst_severity():
    fact = sections.allergy(
        {
            "resourceType": "AllergyIntolerance",
            "type": "allergy",
            "verificationStatus": concept(("v", "confirmed")),
            "code": concept((SNOMED, "91936005"), (ATC, "J01C"), text="Penicillin"),
            "reaction": [
                {"severity": "mild", "manifestation": [{"text": "rash"}]},
                {"severity": "severe", "manifestation": [{"text": "shock"}]},
            ],
            "recordedDate": "2020-05",
        }
    )
    assert (fact.substance, fact.severity, fact.certainty) == ("Penicillin", "severe", "confirmed")
    assert {(item.system, item.code) for item in fact.codings} == {
        (SNOMED, "91936005"),
        (ATC, "J01C"),
    }
    assert fact.recorded == date(2020, 5, 1)


@pytest.mark.parametrize(
    "code",
    [
        concept((SNOMED, "716186003"), text="No known allergy"),
        concept((SNOMED, "409137002")),
        {"text": "No known allergies."},
        {"text": "否认药物过敏史"},
    ],
)
def test_no_known_allergy_is_said_and_not_an_allergy(code):
    assert sections.allergy({"code": code}).none_known


@pytest.mark.parametrize("code", [{"text": "无花果"}, {"text": "No known cause"}, {}])
def test_other_words_are_an_allergy(code):
    assert not sections.allergy({"code": code}).none_known


def test_an_allergy_without_any_name_does_not_vanish():
    assert sections.allergy({"resourceType": "AllergyIntolerance"}).substance


@pytest.mark.parametrize(
    "row",
    [
        {"verificationStatus": concept(("v", "entered-in-error"))},
        {"verificationStatus": concept(("v", "refuted"))},
        {"clinicalStatus": concept(("c", "resolved"))},
    ],
)
def test_an_allergy_that_was_taken_back_is_gone(row):
    assert sections.allergy(row | {"code": {"text": "Penicillin"}}) is None


def test_a_condition_with_foreign_codes_only_keeps_them_and_has_no_icd10():
    fact = sections.condition({"code": concept((SNOMED, "15777000"), text="Prediabetes")})
    assert (fact.text, fact.icd10) == ("Prediabetes", "")
    assert fact.codings[0].code == "15777000"


@pytest.mark.parametrize("system", [ICD10, "http://hl7.org/fhir/sid/icd-10-cm", ICD10 + "-cn"])
def test_icd10_is_found_in_every_dialect(system):
    assert sections.condition({"code": concept((SNOMED, "1"), (system, "I10"))}).icd10 == "I10"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"medicationCodeableConcept": concept((RXNORM, "860975"), text="Metformin")}, "Metformin"),
        (
            {
                "medicationReference": {"reference": "#m"},
                "contained": [{"id": "m", "code": {"text": "Amlodipine"}}],
            },
            "Amlodipine",
        ),
        ({"medicationReference": {"reference": "Medication/7", "display": "Statin"}}, "Statin"),
        ({"medicationReference": {"reference": "Medication/8"}}, "Simvastatin"),
        ({"medicationCodeableConcept": concept((ATC, "C08CA01"))}, "C08CA01"),
    ],
)
def test_a_medicine_is_named_however_the_order_says_it(row, text):
    known = {"8": {"code": {"text": "Simvastatin"}}}
    assert medicines.medicine({"id": "1"} | row, known).text == text


def test_the_dosage_is_as_received_else_built_from_its_structure():
    told = {"dosageInstruction": [{"text": "一天一次，一次一片"}]}
    built = {
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 500.0, "unit": "mg"}}],
                "route": {"text": "oral"},
                "asNeededBoolean": True,
            }
        ]
    }
    assert medicines.medicine(told).dosage == "一天一次，一次一片"
    assert medicines.medicine(built).dosage == "500 mg, 2 × per day, oral, as needed"
    assert medicines.medicine({}).dosage == ""


def test_a_plan_is_no_order():
    assert medicines.medicine({"intent": "plan"}) is None


def test_fills_left_counts_the_first_fill_and_completed_dispenses_only():
    order = {"id": "rx", "status": "active", "dispenseRequest": {"numberOfRepeatsAllowed": 2}}
    dispense = {
        "status": "completed",
        "authorizingPrescription": [{"reference": "MedicationRequest/rx"}],
        "whenHandedOver": "2026-01-05T10:00:00+08:00",
    }
    others = [
        dispense | {"status": "cancelled"},
        dispense | {"authorizingPrescription": [{"reference": "MedicationRequest/other"}]},
    ]
    fact = medicines.prescription(order, [dispense, *others])
    assert (fact.fills_done, fact.fills_left, fact.last_fill) == (1, 2, date(2026, 1, 5))
    assert medicines.prescription({"id": "rx"}, [dispense]).fills_left is None


def test_blood_pressure_is_one_reading():
    def part(code, value):
        return {
            "code": concept(("http://loinc.org", code)),
            "valueQuantity": {"value": value, "unit": "mmHg"},
        }

    fact = sections.observation(
        {
            "code": concept(("http://loinc.org", "85354-9"), text="Blood pressure"),
            "component": [part("8462-4", 95), part("8480-6", 150.0)],
            "effectiveDateTime": "2026-01-05T10:00:00+08:00",
        }
    )
    assert (fact.value, fact.unit) == ("150/95", "mmHg")
    assert fact.taken == datetime(2026, 1, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"valueQuantity": {"value": 5.6, "comparator": "<", "unit": "mmol/L"}}, "<5.6"),
        ({"valueString": "positive"}, "positive"),
        ({"valueCodeableConcept": {"text": "Never smoker"}}, "Never smoker"),
        ({"valueBoolean": False}, "no"),
        ({"dataAbsentReason": {"text": "error"}}, ""),
    ],
)
def test_a_value_is_shown_as_received(row, value):
    assert sections.observation(row).value == value


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ([{"use": "old", "text": "Graham"}, {"use": "official", "text": "陈桂兰"}], "陈桂兰"),
        ([{"family": "陈", "given": ["桂", "兰"]}], "陈桂兰"),
        ([{"family": "Kshlerin", "given": ["Danae"]}], "Danae Kshlerin"),
        ({"text": "only one, not a list"}, "only one, not a list"),
        (None, ""),
    ],
)
def test_a_name_is_written_in_the_way_of_its_script(row, name):
    assert people.name(row) == name


def test_nul_and_lone_surrogates_never_reach_a_database():
    fact = sections.condition({"code": {"text": "a\x00b\ud800"}})
    fact.text.encode()
    assert "\x00" not in fact.text


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
    | st.sampled_from(["2026-02-30", "2026-01-05T10:00:00Z", "0001-01-01T00:00:00+14:00", "#m"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)  # fmt: skip
FIELDS = (
    "id", "status", "intent", "code", "clinicalStatus", "verificationStatus", "recordedDate",
    "reaction", "onsetDateTime", "medicationCodeableConcept", "medicationReference", "contained",
    "dosageInstruction", "dispenseRequest", "valueQuantity", "component", "effectiveDateTime",
    "category", "class", "period", "type", "reasonCode", "description", "date", "name", "link",
    "telecom", "identifier", "participant", "start", "end", "slot", "actor", "meta", "subject",
)  # fmt: skip
row = st.dictionaries(st.sampled_from(FIELDS), json)


@settings(max_examples=150, deadline=None)
@given(row, row)
def test_no_reader_falls_over_any_json(resource, other):
    for _kind, reader in sections.READERS.values():
        reader(resource)
    sections.reasons(resource)
    people.patient(resource)
    people.queue_entry(resource, {})
    people.slot(resource, "dr-li")
    people.doctor(resource, [other], [other])
    medicines.prescription(resource, [other])
