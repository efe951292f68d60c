"""Every switch does what it says, and says what it is."""

from __future__ import annotations

import time

import httpx
import pytest


@pytest.fixture
def throw(his):
    def switches(**wanted):
        answer = his.post("/_sandbox/trouble", json=wanted)
        assert answer.status_code == 200, answer.text
        assert his.get("/_sandbox/trouble").json() == answer.json()
        assert {name: answer.json()[name] for name in wanted} == wanted

    return switches


def documents(his):
    return his.get("/_sandbox/received").json()["documents"]


def test_nothing_is_wrong_at_first_and_again_when_healed(his, throw):
    well = his.get("/_sandbox/trouble").json()
    throw(latency_ms=5, down="503", only="Slot")
    assert his.delete("/_sandbox/trouble").json() == well


def test_it_is_slow(his, throw):
    throw(latency_ms=300)
    start = time.monotonic()
    assert his.get("/fhir/Patient/chen").status_code == 200
    assert time.monotonic() - start >= 0.3


def test_it_is_down_and_says_when_to_come_back(his, throw):
    throw(down="503", retry_after_s=7)
    answer = his.get("/fhir/metadata")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_it_hangs_up(his, throw):
    throw(down="closed")
    with pytest.raises(httpx.RemoteProtocolError):
        his.get("/fhir/Patient/chen")
    assert his.get("/patients").status_code == 200


def test_it_errs_without_storing(his, throw, note):
    throw(error_rate=1.0)
    assert his.post("/fhir/DocumentReference", json=note()).status_code == 500
    assert documents(his) == []


def test_it_loses_the_answer_after_storing(his, throw, note):
    throw(lose_answer=True)
    with pytest.raises(httpx.RemoteProtocolError):
        his.post("/fhir/DocumentReference", json=note())
    assert len(documents(his)) == 1
    asked = {"identifier": "urn:portal|n-1"}
    assert his.post("/fhir/DocumentReference/_search", data=asked).json()["total"] == 1


def test_the_body_drips(his, throw):
    throw(trickle_ms=400)
    start = time.monotonic()
    with his.stream("GET", "/fhir/Patient/chen") as answer:
        pieces = list(answer.iter_raw())
    assert time.monotonic() - start >= 0.35
    assert len(pieces) > 1


def test_times_are_whole_seconds(his, throw):
    throw(whole_seconds=True)
    assert "." not in his.get("/fhir/Patient/chen").json()["meta"]["lastUpdated"]


def test_versions_are_no_numbers(his, throw, note):
    throw(uuid_versions=True)
    first = his.post("/fhir/DocumentReference", json=note())
    version = first.json()["meta"]["versionId"]
    assert len(version) == 32 and first.headers["etag"] == f'W/"{version}"'
    match = {"If-Match": f'W/"{version}"'}
    address = f"/fhir/DocumentReference/{first.json()['id']}"
    assert his.put(address, json=first.json(), headers=match).status_code == 200
    assert his.put(address, json=first.json(), headers=match).status_code == 412


def test_if_match_is_not_looked_at(his, throw):
    throw(ignore_if_match=True)
    body = his.get("/fhir/Patient/chen").json()
    answer = his.put("/fhir/Patient/chen", json=body, headers={"If-Match": 'W/"99"'})
    assert answer.status_code == 200


def test_if_none_exist_is_not_looked_at(his, throw, note):
    throw(ignore_if_none_exist=True)
    condition = {"If-None-Exist": "identifier=urn:portal|n-1"}
    for _ in range(2):
        answer = his.post("/fhir/DocumentReference", json=note(), headers=condition)
        assert answer.status_code == 201
    assert len(documents(his)) == 2


def test_a_sign_in_page_comes_as_200_and_nothing_is_stored(his, throw, note):
    throw(login_page=True)
    for answer in (
        his.get("/fhir/Patient/chen"),
        his.post("/fhir/DocumentReference", json=note()),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
    assert documents(his) == []


def test_an_empty_body_comes_as_200(his, throw):
    throw(empty_body=True)
    answer = his.get("/fhir/Patient/chen")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("status", [409, 412, 422])
def test_a_taken_time_is_refused_in_the_way_of_the_house(his, throw, appointment, slot, status):
    throw(taken_status=status)
    answers = [his.post("/fhir/Appointment", json=appointment(slot)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, status]


def test_a_token_is_demanded(his, throw):
    throw(require_token="secret")
    refused = his.get("/fhir/Patient/chen")
    assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
    with_token = {"Authorization": "Bearer secret"}
    assert his.get("/fhir/Patient/chen", headers=with_token).status_code == 200


def test_one_type_alone_may_be_in_trouble(his, throw):
    throw(down="503", only="AllergyIntolerance, Condition")
    assert his.get("/fhir/AllergyIntolerance?patient=chen").status_code == 503
    assert his.post("/fhir/Condition/_search", data={"patient": "chen"}).status_code == 503
    assert his.get("/fhir/Observation?patient=chen").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {"favourite": True},
        {"latency_ms": -1},
        {"latency_ms": True},
        {"latency_ms": 10**9},
        {"error_rate": 2},
        {"error_rate": "often"},
        {"down": "sometimes"},
        {"taken_status": 200},
        {"only": "x" * 1000},
        {"latency_ms": 5, "down": 1},
    ],
)
def test_a_switch_that_does_not_exist_or_does_not_go_that_far_changes_nothing(his, wanted):
    before = his.get("/_sandbox/trouble").json()
    answer = his.post("/_sandbox/trouble", json=wanted)
    assert answer.status_code == 422 and answer.json()["error"]
    assert his.get("/_sandbox/trouble").json() == before


def test_the_switches_can_be_thrown_on_the_page(his):
    form = {"latency_ms": "20", "error_rate": "0.5", "down": "", "login_page": "on"}
    rest = {"retry_after_s": "0", "trickle_ms": "0", "taken_status": "409"}
    sent = form | rest | {"require_token": "", "only": "", "back": "/trouble"}
    answer = his.post("/_sandbox/trouble", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/trouble")
    state = his.get("/_sandbox/trouble").json()
    assert (state["latency_ms"], state["error_rate"], state["login_page"]) == (20, 0.5, True)
    assert 'name="login_page" checked' in his.get("/trouble").text
    his.post("/_sandbox/heal", data={"back": "/trouble"})
    assert his.get("/_sandbox/trouble").json()["latency_ms"] == 0
