"""A time is given to one resident, whatever way it is asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest


def status_of(his, slot):
    return his.get(f"/fhir/Slot/{slot}").json()["status"]


def book(his, body):
    return his.post("/fhir/Appointment", json=body)


@pytest.mark.parametrize("clients", [2, 30])
def test_of_many_who_want_one_time_exactly_one_gets_it(his, appointment, slot, clients):
    def ask(place):
        body = appointment(slot, "chen" if place % 2 else "xu")
        return httpx.post(f"{his.base_url}/fhir/Appointment", json=body, timeout=20, verify=False)

    with ThreadPoolExecutor(clients) as people:
        answers = list(people.map(ask, range(clients)))
    assert sorted(a.status_code for a in answers) == [201] + [409] * (clients - 1)
    refused = next(a for a in answers if a.status_code == 409).json()
    assert refused["resourceType"] == "OperationOutcome"
    assert status_of(his, slot) == "busy"
    live = his.get(f"/fhir/Appointment?slot=Slot/{slot}&_summary=count").json()
    assert live["total"] == 1


def test_a_cancelled_appointment_gives_its_time_back(his, appointment, slot):
    booked = book(his, appointment(slot))
    cancelled = booked.json() | {"status": "cancelled"}
    match = {"If-Match": booked.headers["etag"]}
    address = f"/fhir/Appointment/{cancelled['id']}"
    assert his.put(address, json=cancelled, headers=match).status_code == 200
    assert status_of(his, slot) == "free"
    assert book(his, appointment(slot, "xu")).status_code == 201


def test_a_cancelled_appointment_cannot_take_a_time_that_is_now_anothers(his, appointment, slot):
    first = book(his, appointment(slot)).json()
    address = f"/fhir/Appointment/{first['id']}"
    his.put(address, json=first | {"status": "cancelled"})
    assert book(his, appointment(slot, "xu")).status_code == 201
    assert his.put(address, json=first).status_code == 409
    assert his.get(address).json()["status"] == "cancelled"


def test_an_appointment_moves_to_another_time(his, appointment, slot):
    booked = book(his, appointment(slot)).json()
    other = slot.replace("1000", "1015")
    moved = booked | {"slot": [{"reference": f"Slot/{other}"}]}
    assert his.put(f"/fhir/Appointment/{booked['id']}", json=moved).status_code == 200
    assert (status_of(his, slot), status_of(his, other)) == ("free", "busy")


def test_progress_of_a_visit_keeps_the_time(his, appointment, slot):
    booked = book(his, appointment(slot)).json()
    for status in ("arrived", "fulfilled"):
        answer = his.put(f"/fhir/Appointment/{booked['id']}", json=booked | {"status": status})
        assert answer.status_code == 200
    assert status_of(his, slot) == "busy"


def test_a_deleted_appointment_gives_its_time_back(his, appointment, slot):
    key = book(his, appointment(slot)).json()["id"]
    assert his.delete(f"/fhir/Appointment/{key}").status_code == 204
    assert status_of(his, slot) == "free"


def test_a_booked_time_cannot_be_deleted_under_who_has_it(his, appointment, slot):
    booked = book(his, appointment(slot)).json()
    refused = his.delete(f"/fhir/Slot/{slot}")
    assert (refused.status_code, refused.json()["resourceType"]) == (409, "OperationOutcome")
    gone = his.put(f"/fhir/Appointment/{booked['id']}", json=booked | {"status": "cancelled"})
    assert gone.status_code == 200
    assert his.delete(f"/fhir/Slot/{slot}").status_code == 204


def transaction(his, slot, body):
    read = his.get(f"/fhir/Slot/{slot}")
    entries = [
        {
            "resource": read.json() | {"status": "busy"},
            "request": {"method": "PUT", "url": f"Slot/{slot}", "ifMatch": read.headers["etag"]},
        },
        {"resource": body, "request": {"method": "POST", "url": "Appointment"}},
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def test_a_time_is_booked_by_transaction_too_and_only_once(his, appointment, slot):
    body = transaction(his, slot, appointment(slot))
    assert his.post("/fhir", json=body).status_code == 200
    assert status_of(his, slot) == "busy"
    assert his.post("/fhir", json=body).status_code == 412
    late = transaction(his, slot, appointment(slot, "xu"))
    assert his.post("/fhir", json=late).status_code == 409


def test_a_time_set_free_by_hand_is_still_given_once(his, appointment, slot):
    book(his, appointment(slot))
    freed = his.get(f"/fhir/Slot/{slot}").json() | {"status": "free"}
    his.put(f"/fhir/Slot/{slot}", json=freed)
    assert book(his, appointment(slot, "xu")).status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"status": "maybe"},
        {"participant": []},
        {"participant": [{"actor": {"reference": "Patient/chen"}}]},
        {"participant": [{"status": "accepted"}]},
        {"start": "2026-11-23T10:00:00"},
        {"end": "2020-01-01T00:00:00Z"},
        {"slot": [{"reference": "Slot/none"}]},
        {"slot": [{"reference": "Patient/chen"}]},
    ],
)
def test_an_appointment_that_is_not_whole_takes_no_time(his, appointment, slot, change):
    assert book(his, appointment(slot) | change).status_code == 422
    assert status_of(his, slot) == "free"


def test_a_booked_appointment_has_a_time(his, appointment, slot):
    body = appointment(slot)
    del body["start"]
    assert book(his, body).status_code == 422
    del body["end"]
    assert book(his, body).status_code == 422
