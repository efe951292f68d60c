"""Create, update, history, conditions and transactions, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

FHIR = {"Content-Type": "application/fhir+json"}


def test_a_document_is_kept_word_for_word(his, note):
    answer = his.post("/fhir/DocumentReference", json=note())
    assert answer.status_code == 201
    kept = his.get(answer.headers["location"]).json()
    assert {k: v for k, v in kept.items() if k not in ("id", "meta")} == note()
    assert answer.headers["etag"] == 'W/"1"' and kept["meta"]["versionId"] == "1"


def test_if_none_exist_finds_what_was_sent_before(his, note):
    condition = {"If-None-Exist": "identifier=urn:portal|n-1"}
    first = his.post("/fhir/DocumentReference", json=note(), headers=condition)
    again = his.post("/fhir/DocumentReference", json=note(), headers=condition)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_eight_senders_at_once_store_one(his, note):
    def send(_):
        condition = {"If-None-Exist": "DocumentReference?identifier=urn:portal|n-1"}
        return httpx.post(
            f"{his.base_url}/fhir/DocumentReference",
            json=note(),
            headers=condition,
            timeout=20,
            verify=False,
        )

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(send, range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    found = his.get("/fhir/DocumentReference?identifier=urn:portal|n-1&_summary=count").json()
    assert found["total"] == 1


def test_if_none_exist_that_matches_several_is_refused(his, note):
    his.post("/fhir/DocumentReference", json=note())
    his.post("/fhir/DocumentReference", json=note())
    condition = {"If-None-Exist": "identifier=urn:portal|n-1"}
    assert his.post("/fhir/DocumentReference", json=note(), headers=condition).status_code == 412


@pytest.mark.parametrize("condition", ["", "favourite=1", "_format=json", "_count=1"])
def test_if_none_exist_must_say_something(his, note, condition):
    answer = his.post(
        "/fhir/DocumentReference", json=note(), headers={"If-None-Exist": f"?{condition}"}
    )
    assert answer.status_code == 400


def test_an_update_needs_the_version_it_was_read_from(his):
    read = his.get("/fhir/Patient/chen")
    changed = read.json() | {"active": True, "language": "zh"}
    match = {"If-Match": read.headers["etag"]}
    first = his.put("/fhir/Patient/chen", json=changed, headers=match)
    stale = his.put("/fhir/Patient/chen", json=changed, headers=match)
    assert (first.status_code, stale.status_code) == (200, 412)
    assert first.json()["meta"]["versionId"] == "2"
    assert his.get("/fhir/Patient/chen/_history/1").json()["meta"]["versionId"] == "1"
    versions = his.get("/fhir/Patient/chen/_history").json()["entry"]
    assert [v["resource"]["meta"]["versionId"] for v in versions] == ["2", "1"]


@pytest.mark.parametrize("named", ["*", 'W/"7", W/"1"', '"1"'])
def test_any_of_the_versions_named_will_do(his, named):
    read = his.get("/fhir/Patient/chen")
    answer = his.put("/fhir/Patient/chen", json=read.json(), headers={"If-Match": named})
    assert answer.status_code == 200
    new = {"resourceType": "Patient", "id": "new"}
    assert his.put("/fhir/Patient/new", json=new, headers={"If-Match": "*"}).status_code == 412


def test_an_update_creates_what_is_not_there_unless_a_version_was_named(his):
    body = {"resourceType": "Patient", "id": "new"}
    refused = his.put("/fhir/Patient/new", json=body, headers={"If-Match": 'W/"1"'})
    assert refused.status_code == 412
    assert his.put("/fhir/Patient/new", json=body).status_code == 201


def test_what_is_deleted_is_gone_but_its_history_stays(his, note):
    key = his.post("/fhir/DocumentReference", json=note()).json()["id"]
    assert his.delete(f"/fhir/DocumentReference/{key}").status_code == 204
    assert his.get(f"/fhir/DocumentReference/{key}").status_code == 410
    assert his.get(f"/fhir/DocumentReference/{key}/_history").json()["total"] == 2
    found = his.get("/fhir/DocumentReference?identifier=urn:portal|n-1").json()
    assert found["total"] == 0


def test_the_answer_may_be_short(his, note):
    answer = his.post("/fhir/DocumentReference", json=note(), headers={"Prefer": "return=minimal"})
    assert answer.status_code == 201 and answer.content == b"" and answer.headers["location"]


def without(body, name):
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        lambda n: without(n, "status"),
        lambda n: without(n, "content"),
        lambda n: n | {"status": "perhaps"},
        lambda n: n | {"status": ["current"]},
        lambda n: n | {"docStatus": "perhaps"},
        lambda n: n | {"content": [{}]},
        lambda n: n | {"content": []},
        lambda n: n | {"content": "text"},
        lambda n: n | {"date": "2026-11-22"},
        lambda n: n | {"date": "2026-13-22T10:00:00Z"},
        lambda n: n | {"date": None},
        lambda n: n | {"favourite": "colour"},
        lambda n: n | {"subject": {"reference": "Patient/nobody"}},
        lambda n: n | {"subject": {"reference": 7}},
        lambda n: n | {"identifier": {"value": "x"}},
    ],
)
def test_a_document_that_is_not_whole_is_refused_and_not_kept(his, note, change):
    answer = his.post("/fhir/DocumentReference", json=change(note()))
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["diagnostics"]
    assert his.get("/_sandbox/received").json()["documents"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"resourceType": "Patient", "active": NaN}', 400),
        (b"\xff\xfe", 400),
        (b'"Patient"', 400),
        (b'{"resourceType": "Practitioner"}', 400),
        (b'{"resourceType": "Patient", "id": "a/b"}', 400),
        (b"[" * 100_000, 400),
        (b'{"resourceType":"Patient","name":' + b'[{"given":' * 60 + b"1" + b"}]" * 60 + b"}", 400),
        (b" " * (8 * 1024 * 1024 + 1), 413),
    ],
)
def test_a_body_that_is_no_patient_is_refused(his, body, status):
    assert his.post("/fhir/Patient", content=body, headers=FHIR).status_code == status


def test_the_body_must_say_that_it_is_json(his):
    answer = his.post("/fhir/Patient", content=b"<Patient/>", headers={"Content-Type": "text/xml"})
    assert answer.status_code == 415


def test_the_id_in_the_body_must_be_the_id_in_the_address(his):
    body = {"resourceType": "Patient", "id": "other"}
    assert his.put("/fhir/Patient/new", json=body).status_code == 400
    assert his.put("/fhir/Patient/new", json={"resourceType": "Patient"}).status_code == 400


def bundle(*entries):
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def post(resource, **more):
    kind = resource["resourceType"]
    request = {"method": "POST", "url": kind, **more.pop("request", {})}
    return {"resource": resource, "request": request, **more}


def put(resource, **request):
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": url, **request}}


def test_a_transaction_ties_new_resources_together(his, note):
    name = "urn:uuid:6b1a4a02-7f61-4d6c-9f24-6a8f1f4c0001"
    patient = {"resourceType": "Patient", "name": [{"family": "New"}]}
    document = note() | {"subject": {"reference": name}}
    answer = his.post("/fhir", json=bundle(post(document), post(patient, fullUrl=name)))
    assert answer.status_code == 200
    first, second = (e["response"] for e in answer.json()["entry"])
    assert first["status"].startswith("201")
    kept = his.get(f"/fhir/{first['location'].split('/_history')[0]}").json()
    assert second["location"].startswith(kept["subject"]["reference"])


def test_a_transaction_is_carried_out_whole_or_not_at_all(his, note):
    bad = note("n-2") | {"subject": {"reference": "Patient/nobody"}}
    stale = put(his.get("/fhir/Patient/chen").json(), ifMatch='W/"7"')
    for last in (post(bad), stale, put({"resourceType": "Patient", "id": "x", "gender": "?"})):
        answer = his.post("/fhir", json=bundle(post(note()), last))
        assert answer.status_code in (412, 422)
        assert answer.json()["resourceType"] == "OperationOutcome"
    assert his.get("/_sandbox/received").json()["documents"] == []


def test_a_transaction_sent_twice_stores_once_by_if_none_exist(his, note):
    once = post(note(), request={"ifNoneExist": "identifier=urn:portal|n-1"})
    answers = [his.post("/fhir", json=bundle(once)).json() for _ in range(2)]
    statuses = [a["entry"][0]["response"]["status"] for a in answers]
    assert statuses == ["201 Created", "200 OK"]
    assert len(his.get("/_sandbox/received").json()["documents"]) == 1


def test_entries_of_a_batch_stand_alone(his, note):
    request = {"request": {"method": "GET", "url": "Patient/chen"}}
    body = bundle(post(without(note(), "status")), post(note()), request) | {"type": "batch"}
    entries = his.post("/fhir", json=body).json()["entry"]
    assert [e["response"]["status"][:3] for e in entries] == ["422", "201", "200"]
    assert entries[2]["resource"]["id"] == "chen"


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        {"resourceType": "Bundle", "type": "collection"},
        {"resourceType": "Bundle", "type": "transaction", "entry": {}},
        bundle({}),
        bundle({"request": {"method": "PUT", "url": "Patient"}}),
        bundle({"request": {"method": "POST", "url": "Patient/1"}}),
        bundle({"request": {"method": "GET", "url": 7}}),
        bundle({"request": {"method": "PATCH", "url": "Patient/1"}}),
        bundle(*[put({"resourceType": "Patient", "id": "twice"})] * 2),
    ],
)
def test_a_bundle_that_cannot_be_carried_out_is_refused(his, body):
    assert his.post("/fhir", json=body).status_code == 400
