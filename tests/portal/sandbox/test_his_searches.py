"""Every search that the port's table needs, and nothing that was not asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.sandbox import residents
from portal.sandbox.hospital.opening import today
from portal.sandbox.population import all_residents

CHEN = all_residents()[0]


def test_it_says_what_it_can(his):
    statement = his.get("/fhir/metadata").json()
    assert statement["fhirVersion"] == "4.0.1"
    types = {r["type"]: r for r in statement["rest"][0]["resource"]}
    assert {p["name"] for p in types["Slot"]["searchParam"]} >= {"schedule", "start", "status"}


def test_an_identity_number_finds_one_person_also_by_post(his):
    asked = {"identifier": f"{residents.IDENTITY_SYSTEM}|{CHEN.id_number}"}
    for answer in (
        his.get("/fhir/Patient", params=asked),
        his.post("/fhir/Patient/_search", data=asked),
    ):
        assert [e["resource"]["id"] for e in answer.json()["entry"]] == ["chen"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"identifier": CHEN.id_number}, ["chen"]),
        ({"identifier": f"urn:other|{CHEN.id_number}"}, []),
        ({"identifier": f"|{CHEN.id_number}"}, []),
        ({"name": "chen gui"}, ["chen"]),
        ({"family": "陈"}, ["chen"]),
        ({"given": "maria"}, ["kovacova"]),
        ({"name:exact": "chen guilan"}, []),
        ({"name:exact": "Chen Guilan"}, ["chen"]),
        ({"name:contains": "桂兰"}, ["chen"]),
        ({"birthdate": "1955-03-08"}, ["chen"]),
        ({"birthdate": "1955-03", "family": "chen"}, ["chen"]),
        ({"_id": "chen,xu"}, ["chen", "xu"]),
        ({"phone": CHEN.phone}, ["chen"]),
        ({"active": "false"}, ["sun-fusheng-old"]),
        ({"link": "Patient/sun-fusheng"}, ["sun-fusheng-old"]),
        ({"family": "Wang", "birthdate": "1952-10-01"}, ["wang-xiulan-1", "wang-xiulan-2"]),
        ({"name": "%"}, []),
    ],
)
def test_people_are_found(search, asked, expected):
    assert search("Patient", **asked) == expected


@pytest.mark.parametrize(
    "asked",
    [
        {"patient": "Patient/chen"},
        {"patient": "chen"},
        {"subject": "Patient/chen"},
        {"subject:Patient": "chen"},
        {"patient": "http://127.0.0.1:9/fhir/Patient/chen"},
        {"patient.identifier": f"{residents.IDENTITY_SYSTEM}|{CHEN.id_number}"},
        {"code": "http://hl7.org/fhir/sid/icd-10|I10,E11.9", "patient": "chen"},
        {"clinical-status": "active", "patient": "chen"},
        {"clinical-status:not": "resolved", "patient": "chen"},
    ],
)
def test_conditions_are_found_by_every_way_to_name_the_patient(search, asked):
    assert search("Condition", **asked) == ["chen-e11.9", "chen-i10"]


def test_missing_tells_apart_what_was_never_written(search):
    assert search("Condition", **{"patient": "chen", "encounter:missing": "true"}) == []
    assert len(search("Condition", **{"patient": "chen", "encounter:missing": "false"})) == 2


@pytest.mark.parametrize(("first", "second"), [("ge", "lt"), ("gt", "le"), ("eq", "ne")])
def test_slots_of_a_day_are_found(his, tomorrow, first, second):
    """Each pair of edges leaves exactly one of two days."""
    asked = [
        ("schedule", "Schedule/schedule-dr-zhao"),
        ("start", f"{first}{tomorrow}"),
        ("start", f"{second}{tomorrow + timedelta(days=1)}"),
        ("_summary", "count"),
    ]
    assert his.get("/fhir/Slot", params=asked).json()["total"] == 16


def test_edges_of_a_time_belong_where_they_should(search, tomorrow):
    nine = f"{tomorrow}T09:00:00+08:00"
    at = {"schedule": "schedule-dr-zhao", "start": f"eq{nine}"}
    assert search("Slot", **at) == [f"slot-dr-zhao-{tomorrow:%Y%m%d}-0900"]
    utc = {"schedule": "schedule-dr-zhao", "start": f"eq{tomorrow}T01:00:00Z"}
    assert search("Slot", **utc) == search("Slot", **at)
    before = search("Slot", schedule="schedule-dr-zhao", start=f"lt{nine}", _count="500")
    through = search("Slot", schedule="schedule-dr-zhao", start=f"le{nine}", _count="500")
    assert len(through) == len(before) + 1


def test_free_slots_of_a_doctor_through_the_schedule(search, tomorrow):
    asked = {"schedule.actor": "Practitioner/dr-li", "status": "free", "start": str(tomorrow)}
    free = search("Slot", **asked)
    assert len(free) == 14
    assert f"slot-dr-li-{tomorrow:%Y%m%d}-0900" not in free


def test_a_doctors_queue_brings_the_patients_along(his, tomorrow):
    asked = [
        ("actor", "Practitioner/dr-li"),
        ("date", f"ge{tomorrow}"),
        ("date", f"lt{tomorrow + timedelta(days=1)}"),
        ("status", "booked,arrived,checked-in"),
        ("_include", "Appointment:patient"),
    ]
    bundle = his.get("/fhir/Appointment", params=asked).json()
    modes = [(e["resource"]["resourceType"], e["search"]["mode"]) for e in bundle["entry"]]
    assert modes == [("Appointment", "match")] * 2 + [("Patient", "include")] * 2
    assert bundle["total"] == 2


def test_the_newest_order_comes_first(his):
    asked = {"patient": "chen", "_sort": "-date", "_count": "1"}
    newest = his.get("/fhir/Encounter", params=asked).json()["entry"][0]["resource"]
    assert newest["id"] == "chen-visit-1"
    oldest = his.get("/fhir/Encounter", params=asked | {"_sort": "date"}).json()["entry"][0]
    assert oldest["resource"]["id"] == "chen-visit-2"


def test_pages_follow_each_other_without_loss_though_rows_are_added(his, note):
    everybody = {r.his_id for r in all_residents()} | {"sun-fusheng-old"}
    bundle = his.get("/fhir/Patient", params={"_count": "7", "_sort": "_id"}).json()
    seen = []
    while True:
        seen += [e["resource"]["id"] for e in bundle["entry"]]
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if not following:
            break
        added = {"resourceType": "Patient", "name": [{"family": "Aaa"}]}
        assert his.post("/fhir/Patient", json=added).status_code == 201
        bundle = his.get(following[0]).json()
    assert len(seen) == len(set(seen)) and set(seen) == everybody


def test_an_expired_page_says_so(his):
    answer = his.get("/fhir?_getpages=forgotten.7")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (410, "expired")


def test_changes_since_a_moment_are_found_by_the_servers_own_time(his, search):
    written = his.put("/fhir/Patient/new", json={"resourceType": "Patient", "id": "new"}).json()
    moment = written["meta"]["lastUpdated"]
    assert search("Patient", _lastUpdated=f"ge{moment}") == ["new"]
    assert search("Patient", _lastUpdated=f"gt{moment}") == []
    later = his.get(f"/fhir/Patient?_lastUpdated=ge{today() - timedelta(days=1)}&_summary=count")
    assert later.json()["total"] > 50


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/fhir/Patient?favourite=1", 400),
        ("/fhir/Patient?name:sounds=x", 400),
        ("/fhir/Patient?birthdate=yesterday", 400),
        ("/fhir/Patient?birthdate=2026-02-30", 400),
        ("/fhir/Patient?birthdate=9999-12-31", 400),
        ("/fhir/Patient?identifier=", 400),
        ("/fhir/Patient?name=%00", 400),
        ("/fhir/Patient?name=%ff", 400),
        ("/fhir/Patient?_count=many", 400),
        ("/fhir/Patient?_sort=favourite", 400),
        ("/fhir/Patient?_include=Patient:name", 400),
        ("/fhir/Patient?_summary=text", 400),
        ("/fhir/Slot?schedule.actor.name=x", 400),
        ("/fhir/Slot?start.x=1", 400),
        ("/fhir/Slot?_id:x=1", 400),
        ("/fhir/Slot?start:missing=perhaps", 400),
        ("/fhir/Planet?name=x", 404),
        ("/fhir/Planet/1", 404),
        ("/fhir/Patient/nobody", 404),
        ("/fhir/Patient/nobody/_history", 404),
        ("/fhir/Patient/chen/_history/99", 404),
        ("/fhir/Patient/chen/a/b/c", 404),
        ("/fhir", 400),
        ("/fhir/Patient/chen?favourite=1", 400),
        ("/fhir/Patient/chen/_history?favourite=1", 400),
        ("/fhir/Patient/chen/_history/1?favourite=1", 400),
        ("/fhir/metadata?favourite=1", 400),
        ("/fhir/Patient?_format=xml", 406),
    ],
)
def test_what_is_not_known_is_refused_as_fhir_says_it(his, address, status):
    answer = his.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.json()["issue"][0]["diagnostics"]


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "FROB"])
def test_other_methods_are_refused_in_fhir_too(his, method):
    answer = his.request(method, "/fhir/Patient/chen")
    assert answer.status_code in (405, 501)
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_reference_into_another_house_finds_nothing_here(search):
    assert search("Condition", patient="http://127.0.0.1/fhir/Patient/chen")
    assert search("Condition", patient="http://elsewhere.example/fhir/Patient/chen") == []


def test_only_json_is_spoken(his):
    assert his.get("/fhir/Patient/chen", headers={"Accept": "text/xml"}).status_code == 406


def test_a_foreign_host_name_is_refused(his):
    assert his.get("/fhir/Patient/chen", headers={"Host": "evil.example"}).status_code == 421


def test_a_person_is_matched_by_identity_number_for_certain(his):
    bundle = his.post("/fhir/Patient/$match", json=described(identifier=CHEN.id_number)).json()
    entry = bundle["entry"][0]
    assert entry["resource"]["id"] == "chen"
    assert entry["search"]["extension"][0]["valueCode"] == "certain"


def test_namesakes_with_one_birth_date_are_never_certain(his):
    asked = described(family="Wang", given="Xiulan", birth="1952-10-01")
    bundle = his.post("/fhir/Patient/$match", json=asked).json()
    assert {e["resource"]["id"] for e in bundle["entry"]} == {"wang-xiulan-1", "wang-xiulan-2"}
    certain = his.post("/fhir/Patient/$match", json=asked | only_certain(asked)).json()
    assert certain["total"] == 0


def test_an_identity_number_with_another_birth_date_is_not_certain(his):
    asked = described(identifier=CHEN.id_number, birth="1960-01-01")
    certain = his.post("/fhir/Patient/$match", json=asked | only_certain(asked)).json()
    assert certain["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        {"resourceType": "Parameters"},
        {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": []}]},
        {"resourceType": "Parameters", "parameter": ["resource"]},
        [],
    ],
)
def test_a_match_without_a_person_is_refused(his, body):
    assert his.post("/fhir/Patient/$match", json=body).status_code == 400


def test_a_match_of_a_person_who_is_not_whole_is_refused(his):
    patient = {"resourceType": "Patient", "identifier": ["value"]}
    parameter = [{"name": "resource", "resource": patient}]
    body = {"resourceType": "Parameters", "parameter": parameter}
    assert his.post("/fhir/Patient/%24match", json=body).status_code == 422


def described(identifier="", family="", given="", birth=""):
    patient = {"resourceType": "Patient"}
    if identifier:
        patient["identifier"] = [{"system": residents.IDENTITY_SYSTEM, "value": identifier}]
    if family:
        patient |= {"name": [{"family": family, "given": [given]}], "gender": "female"}
    if birth:
        patient["birthDate"] = birth
    parameter = [{"name": "resource", "resource": patient}]
    return {"resourceType": "Parameters", "parameter": parameter}


def only_certain(asked):
    more = {"name": "onlyCertainMatches", "valueBoolean": True}
    return {"parameter": [*asked["parameter"], more]}
