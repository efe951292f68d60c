"""Reading against a server that is not ours: pages, sorting, strangers, medicines elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from portal.his.errors import BadPayload, NotFound
from portal.his.searching import PAGES, newest_first, search, updated
from tests.portal.his.scripted import LOGIN, Reply, bundle, outcome

CHEN = {"reference": "Patient/chen"}


def condition(name, text="Hypertension", **facts):
    row = {"resourceType": "Condition", "id": name, "subject": CHEN, "code": {"text": text}}
    return row | facts


def reading(number, day="2026-01-05"):
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "subject": CHEN,
        "code": {"text": "Glucose"},
        "effectiveDateTime": f"{day}T10:00:00Z",
        "valueQuantity": {"value": number, "unit": "mmol/L"},
    }


def texts(answer):
    return [fact.text for fact in answer.value]


def test_all_pages_are_read_and_repeated_rows_count_once(his, hospital):
    def page(asked):
        if not asked.one("page"):
            return bundle(condition("1", "A"), next_url=f"{hospital.base}/Condition?page=2")
        return bundle(condition("1", "A"), condition("2", "B"))

    hospital.on("GET", "/Condition", page)
    assert sorted(texts(his.record_section("chen", "conditions"))) == ["A", "B"]


def test_an_empty_page_in_the_middle_is_not_the_end(his, hospital):
    def page(asked):
        number = int(asked.one("page") or 1)
        rows = [] if number == 2 else [condition(str(number), str(number))]
        onward = f"{hospital.base}/Condition?page={number + 1}" if number < 3 else ""
        return bundle(*rows, next_url=onward)

    hospital.on("GET", "/Condition", page)
    assert sorted(texts(his.record_section("chen", "conditions"))) == ["1", "3"]


def test_endless_pages_end_and_the_list_is_not_believed(his, hospital):
    def page(asked):
        number = int(asked.one("page") or 1)
        onward = f"{hospital.base}/Condition?page={number + 1}"
        return bundle(condition(str(number)), next_url=onward)

    hospital.on("GET", "/Condition", page)
    with pytest.raises(BadPayload):
        his.record_section("chen", "conditions")
    assert len(hospital.asked_for("GET", "/Condition")) <= PAGES + 1


def test_a_page_that_leads_to_itself_ends(his, hospital):
    here = f"{hospital.base}/Condition?page=1"
    hospital.on("GET", "/Condition", bundle(condition("1"), next_url=here))
    page = search(his.client, "Condition", {"patient": "Patient/chen"})
    assert len(page.resources) == 1 and not page.complete


@pytest.mark.parametrize(
    "address",
    ["http://evil.example/Condition?page=2", "//evil.example/x", "ftp:///x", "::", "\x00"],
)
def test_a_next_page_elsewhere_is_never_asked_and_the_list_not_believed(his, hospital, address):
    hospital.on("GET", "/Condition", bundle(condition("1"), next_url=address))
    with pytest.raises((BadPayload, NotFound)):
        his.record_section("chen", "conditions")


def test_half_of_the_allergies_are_unknown_allergies(his, hospital):
    hospital.on("GET", "/Condition", bundle(condition("1"), total=2))
    with pytest.raises(BadPayload):
        his.record_section("chen", "conditions")


def test_rows_of_another_patient_are_refused_as_a_whole(his, hospital):
    stranger = condition("2") | {"subject": {"reference": "Patient/xu"}}
    hospital.on("GET", "/Condition", bundle(condition("1"), stranger))
    with pytest.raises(BadPayload, match="another patient"):
        his.record_section("chen", "conditions")


def test_absolute_and_versioned_references_are_the_same_patient(his, hospital):
    far = {"reference": f"{hospital.base}/Patient/chen/_history/3"}
    hospital.on("GET", "/Condition", bundle(condition("1") | {"subject": far}))
    assert len(his.record_section("chen", "conditions").value) == 1


def test_an_operation_outcome_as_200_is_no_empty_list(his, hospital):
    hospital.on("GET", "/Condition", outcome("exception"))
    with pytest.raises(BadPayload):
        his.record_section("chen", "conditions")


def test_a_hospital_that_refuses_extras_is_asked_plainly(his, hospital):
    def picky(asked):
        if asked.one("_sort") or asked.one("_count"):
            return Reply(400, outcome("not-supported"))
        return bundle(reading(2, "2026-01-02"), reading(3, "2026-01-03"))

    hospital.on("GET", "/Observation", picky)
    values = [fact.value for fact in his.record_section("chen", "observations").value]
    assert values == ["3", "2"]


def test_a_hospital_that_ignores_sorting_is_read_further(his, hospital):
    def pages(asked):
        if not asked.one("page"):
            onward = f"{hospital.base}/Observation?page=2"
            old = [reading(n, f"2020-01-{n:02}") for n in range(1, 29)]
            more = [reading(100 + n, "2020-03-01") for n in range(80)]
            return bundle(*old, *more, next_url=onward)
        return bundle(reading(999, "2026-01-05"))

    hospital.on("GET", "/Observation", pages)
    assert his.record_section("chen", "observations").value[0].value == "999"


def test_a_merged_record_is_read_under_the_one_that_is_left(his, hospital):
    merged = {
        "resourceType": "Patient",
        "id": "chen",
        "link": [{"type": "replaced-by", "other": {"reference": "Patient/new"}}],
    }

    def rows(asked):
        return bundle(*([mine] if asked.one("patient") == "Patient/new" else []))

    mine = condition("1") | {"subject": {"reference": "Patient/new"}}
    hospital.on("GET", "/Condition", rows)
    hospital.on("GET", "/Patient/chen", merged)
    hospital.on("GET", "/Patient/new", {"resourceType": "Patient", "id": "new"})
    assert len(his.record_section("chen", "conditions").value) == 1


def test_records_that_replace_each_other_end(his, hospital):
    def leads(to):
        return {"link": [{"type": "replaced-by", "other": {"reference": f"Patient/{to}"}}]}

    hospital.on("GET", "/Patient/a", {"resourceType": "Patient", "id": "a"} | leads("b"))
    hospital.on("GET", "/Patient/b", {"resourceType": "Patient", "id": "b"} | leads("a"))
    assert his.patient("a").value.ref.id == "b"
    for number in range(9):
        row = {"resourceType": "Patient", "id": f"p{number}"} | leads(f"p{number + 1}")
        hospital.on("GET", f"/Patient/p{number}$", row)
    with pytest.raises(BadPayload):
        his.patient("p0")


def test_a_medicine_that_the_order_only_points_to_is_fetched_and_named(his, hospital):
    order = {"resourceType": "MedicationRequest", "id": "r", "subject": CHEN, "status": "active"}
    pointed = order | {"medicationReference": {"reference": "Medication/7"}}
    lost = order | {"id": "s", "medicationReference": {"reference": "Medication/8"}}
    hospital.on("GET", "/MedicationRequest", bundle(pointed, lost))
    row = {"resourceType": "Medication", "id": "7", "code": {"text": "Simvastatin 20 mg"}}
    hospital.on("GET", "/Medication/7", row)
    found = texts(his.record_section("chen", "medicines"))
    assert "Simvastatin 20 mg" in found and len(found) == 2


def test_a_diagnosis_was_last_seen_at_the_last_visit_for_it(his, hospital):
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "38341003"}]}
    old = condition("1", recordedDate="2011-02-03", code=code)
    visit = {
        "resourceType": "Encounter",
        "id": "v",
        "subject": CHEN,
        "reasonCode": [code],
        "period": {"start": "2026-01-05T10:00:00Z"},
    }
    hospital.on("GET", "/Condition", bundle(old))
    hospital.on("GET", "/Encounter", bundle(visit))
    assert his.record_section("chen", "conditions").value[0].last_seen == date(2026, 1, 5)
    hospital.on("GET", "/Encounter", LOGIN)
    assert his.record_section("chen", "conditions").value[0].last_seen == date(2011, 2, 3)


def test_the_number_of_a_person_never_stands_in_an_address(his, hospital):
    from portal.his.port import Identifier, Person

    hospital.on("POST", "/Patient/_search", bundle())
    somebody = Person("陈桂兰", date(1955, 3, 8), "female", (Identifier("urn:x", "3101101955"),))
    assert his.find_patient(somebody).value is None
    assert all("3101101955" not in one.path for one in hospital.asked)
    first = hospital.asked_for("POST", "/_search")[0]
    assert first.one("identifier") == "urn:x|3101101955"
    assert hospital.asked_for("GET", "/Patient") == []


def test_a_hospital_that_ignores_the_number_links_nobody(his, hospital):
    from portal.his.port import Identifier, Person

    everybody = [{"resourceType": "Patient", "id": str(n)} for n in range(3)]
    hospital.on("POST", "/Patient/_search", bundle(*everybody))
    somebody = Person("陈桂兰", date(1955, 3, 8), "female", (Identifier("urn:x", "3101101955"),))
    assert his.find_patient(somebody).value is None


@pytest.mark.parametrize(
    ("hours", "is_sorted"),
    [((3, 2, 1), True), ((3, 3, 1), True), ((1, 2), False), ((2, 2), False), ((), False)],
)
def test_only_rows_that_fall_prove_an_order(hours, is_sorted):
    """All of one moment, as after a bulk import: the newest may be on a page not read."""
    rows = [{"meta": {"lastUpdated": f"2026-01-01T0{hour}:00:00Z"}} for hour in hours]
    assert newest_first(rows, updated) == is_sorted
