"""Folders of R4 bundles are loaded as they are, only younger."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from portal.sandbox.hospital.door import open_door
from portal.sandbox.hospital.opening import BadFolder, load, shifted, today
from portal.settings import BASE_DIR
from tests.portal.sandbox.conftest import running

TODAY = date(2026, 11, 22)
SAMPLE = BASE_DIR.parent / "shared" / "data" / "his-sample"


def write(file, *resources):
    file.parent.mkdir(parents=True, exist_ok=True)
    entries = [{"resource": resource} for resource in resources]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    file.write_text(json.dumps(bundle), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sample"
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1950-01-02"}
    number = [{"system": "urn:sandbox:mrn", "value": "MRN1"}]
    visit = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2021-03-30T10:00:00+00:00", "end": "2021-03-31T03:13:19+00:00"},
    }
    order = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2021-03-01",
        "dispenseRequest": {"validityPeriod": {"start": "2021-03-01", "end": "2021-08-28"}},
    }
    schedule = {
        "resourceType": "Schedule",
        "id": "sch-1",
        "actor": [{"reference": "Practitioner/d1"}],
    }
    write(folder / "shared" / "staff.json", {"resourceType": "Practitioner", "id": "d1"}, schedule)
    write(folder / "patients" / "one.json", patient, visit, {"resourceType": "Claim", "id": "c"})
    write(folder / "overlay.json", patient | {"identifier": number}, order)
    return folder


def test_the_last_word_on_a_resource_counts(folder):
    resources = {f"{r['resourceType']}/{r['id']}": r for r in load(folder)}
    assert set(resources) == {
        "Practitioner/d1",
        "Schedule/sch-1",
        "Patient/p1",
        "Encounter/e1",
        "MedicationRequest/m1",
    }
    assert resources["Patient/p1"]["identifier"][0]["value"] == "MRN1"


def test_the_newest_event_becomes_yesterday_and_birthdays_stay(folder):
    moved = {r["id"]: r for r in shifted(load(folder), TODAY)}
    by = date(2026, 11, 21) - date(2021, 3, 31)
    assert moved["e1"]["period"]["end"] == "2026-11-21T03:13:19+00:00"
    assert moved["m1"]["authoredOn"] == str(date(2021, 3, 1) + by)
    assert moved["m1"]["dispenseRequest"]["validityPeriod"]["end"] == str(date(2021, 8, 28) + by)
    assert moved["p1"]["birthDate"] == "1950-01-02"


def test_a_loaded_folder_is_searched_and_booked_like_the_rest(folder, tmp_path):
    with running(open_door(0, tmp_path / "data", folder, empty=True)) as client:
        found = client.get("/fhir/Patient?identifier=urn:sandbox:mrn|MRN1").json()
        assert [e["resource"]["id"] for e in found["entry"]] == ["p1"]
        tomorrow = today() + timedelta(days=1)
        slots = client.get(f"/fhir/Slot?schedule.actor=Practitioner/d1&start={tomorrow}").json()
        assert slots["total"] == 16


def test_loading_the_same_folder_again_changes_nothing(folder, tmp_path):
    for _ in range(2):
        with running(open_door(0, tmp_path / "data", folder, empty=True)) as client:
            versions = client.get("/fhir/Encounter/e1/_history").json()["total"]
    assert versions == 1


def test_a_folder_that_is_none_or_holds_something_else_is_refused(tmp_path):
    with pytest.raises(BadFolder, match="not a folder"):
        load(tmp_path / "none")
    with pytest.raises(BadFolder, match="no bundle"):
        load(tmp_path)
    for text in ("{", "[]", '{"resourceType": "Bundle", "entry": [{}]}'):
        (tmp_path / "bad.json").write_text(text, encoding="utf-8")
        with pytest.raises(BadFolder, match=r"bad\.json"):
            load(tmp_path)


if SAMPLE.is_dir():

    def test_the_untidy_sample_is_loaded_whole(tmp_path):
        with running(open_door(0, tmp_path, SAMPLE, empty=True)) as client:
            assert client.get("/fhir/Patient?_summary=count").json()["total"] == 50
            assert client.get("/fhir/Observation?_summary=count").json()["total"] == 2522
            asked = "/fhir/Patient?identifier=urn:sandbox:mrn|MRN00024"
            quigley = client.get(asked).json()["entry"][0]["resource"]
            assert quigley["birthDate"] == "1957-12-26"
            conditions = client.get(f"/fhir/Condition?patient={quigley['id']}&_count=200").json()
            systems = {
                coding["system"]
                for entry in conditions["entry"]
                for coding in entry["resource"]["code"]["coding"]
            }
            assert "http://hl7.org/fhir/sid/icd-10" in systems
            latest = client.get("/fhir/Encounter?_sort=-date&_count=1").json()["entry"][0]
            yesterday = str(today() - timedelta(days=1))
            assert latest["resource"]["period"]["start"] < f"{yesterday}T23"
