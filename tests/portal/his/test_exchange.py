"""One request, one deadline, one clear outcome, whatever the server does."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from django.db import transaction

from portal.his.auth import Fixed
from portal.his.believing import BIGGEST
from portal.his.client import Client
from portal.his.errors import (
    AuthFailed,
    BadPayload,
    Conflict,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from portal.trusting import authorities
from tests.portal.his.scripted import LOGIN, Reply, bundle, hang_up, outcome, silence, trickle

PATIENT = {"resourceType": "Patient", "id": "chen"}


@pytest.mark.parametrize("reply", [trickle(0.05), trickle(0.05, headers_too=True), silence(20)])
def test_a_slow_answer_ends_at_the_deadline_and_not_at_its_own_end(client, hospital, reply):
    hospital.on("GET", "/Patient/chen", reply)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        client.read("Patient/chen", seconds=0.5)
    assert time.monotonic() - began < 10, "it waited for the answer's own end"


def test_deadlines_of_two_threads_do_not_touch_each_other(client, hospital):
    import threading

    hospital.on("GET", "/Patient/slow", silence(1.0))
    hospital.on("GET", "/Patient/chen", PATIENT)
    failures = []

    def impatient():
        try:
            client.read("Patient/slow", seconds=0.2)
        except Unavailable as error:
            failures.append(error)

    thread = threading.Thread(target=impatient)
    thread.start()
    for _turn in range(5):
        assert client.read("Patient/chen", seconds=3).body == PATIENT
    thread.join()
    assert len(failures) == 1


def test_a_body_over_eight_megabytes_is_not_read(client, hospital):
    hospital.on("GET", "/Patient/chen", Reply(body=b" " * (BIGGEST + 1)))
    with pytest.raises(BadPayload, match="8 MB"):
        client.read("Patient/chen")


@pytest.mark.parametrize(
    "reply",
    [
        LOGIN,
        Reply(body=b"{"),
        Reply(body=b"[]"),
        Reply(body=b'{"id": "chen"}'),
        Reply(body=b'{"resourceType": "Patient", "x": NaN}'),
        Reply(body=b'{"resourceType":' + b"[" * 100_000),
        Reply(body=b"\xff\xfe"),
        Reply(body=b'{"resourceType": "Patient"}', headers={"Content-Encoding": "gzip"}),
        Reply(302, b"", headers={"Location": "https://login.example/"}),
    ],
)
def test_what_is_not_fhir_is_never_believed(client, hospital, reply):
    hospital.on("GET", "/Patient/chen", reply)
    with pytest.raises(BadPayload):
        client.read("Patient/chen")


def test_a_redirect_is_not_followed(client, hospital):
    hospital.on("GET", "/Patient/chen", Reply(302, b"", headers={"Location": f"{hospital.base}/x"}))
    hospital.on("GET", "/x", PATIENT)
    with pytest.raises(BadPayload):
        client.read("Patient/chen")
    assert hospital.asked_for("GET", "/x$") == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected), (401, AuthFailed), (403, AuthFailed), (404, NotFound), (405, Rejected),
        (409, Conflict), (410, NotFound), (412, Conflict), (422, Rejected), (429, Unavailable),
        (500, Unavailable), (501, Rejected), (502, Unavailable), (503, Unavailable),
    ],
)  # fmt: skip
def test_every_status_of_a_read_is_one_error_of_the_port(client, hospital, status, error):
    hospital.on("GET", "/Patient/chen", Reply(status, outcome("processing")))
    with pytest.raises(error):
        client.read("Patient/chen")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(500, outcome("exception")), OutcomeUnknown),
        (Reply(502, b"<html>", kind="text/html"), OutcomeUnknown),
        (Reply(503, b""), Unavailable),
        (Reply(422, outcome("required", "Patient.name")), Rejected),
        (LOGIN, OutcomeUnknown),
        (hang_up(), OutcomeUnknown),
        (silence(3), OutcomeUnknown),
        (Reply(302, b"", headers={"Location": "/login"}), OutcomeUnknown),
    ],
)
def test_a_write_whose_answer_is_lost_or_doubtful_is_unknown(client, hospital, reply, error):
    hospital.on("POST", "/Patient", reply)
    with pytest.raises(error):
        client.write("POST", "Patient", PATIENT, seconds=0.5)
    assert len(hospital.asked_for("POST", "/Patient")) == 1


def test_a_write_that_never_left_is_not_unknown():
    closed = Client("http://127.0.0.1:9/fhir", Fixed(), authorities())
    with pytest.raises(Unavailable) as caught:
        closed.write("POST", "Patient", PATIENT)
    assert not isinstance(caught.value, OutcomeUnknown)
    closed.close()


def test_the_reason_names_codes_and_places_and_no_patient(client, hospital):
    hospital.on("POST", "/Patient", Reply(422, outcome("required", "Patient.name", "Chen Guilan!")))
    with pytest.raises(Rejected) as caught:
        client.write("POST", "Patient", PATIENT)
    assert caught.value.issues == ("HTTP 422", "required: Patient.name")
    assert "Chen" not in str(caught.value)


@pytest.mark.parametrize("asked", ["7", "Wed, 21 Oct 2099 07:28:07 GMT"])
def test_retry_after_is_honoured_in_seconds_or_as_a_date(client, hospital, asked):
    headers = {"Retry-After": asked, "Date": "Wed, 21 Oct 2099 07:28:00 GMT"}
    hospital.on("GET", "/Patient/chen", Reply(503, b"", headers=headers))

    with pytest.raises(Unavailable) as caught:
        client.read("Patient/chen")
    assert caught.value.retry_after == pytest.approx(7, abs=2)
    with pytest.raises(Unavailable) as again:
        client.read("Patient/chen")
    assert 0 < again.value.retry_after <= 9
    assert len(hospital.asked) == 1


@pytest.mark.parametrize(
    "asked", ["soon", "-3", "1.5", "Wed, 21 Oct 2099 07:28:07 +99999999999999"]
)
def test_a_retry_after_that_says_nothing_is_no_time(client, hospital, asked):
    hospital.on("GET", "/Patient/chen", Reply(429, b"", headers={"Retry-After": asked}))
    with pytest.raises(Unavailable) as caught:
        client.read("Patient/chen")
    assert caught.value.retry_after is None


def packed(content, cut=0):
    body = gzip.compress(content)
    return Reply(body=body[: len(body) - cut], headers={"Content-Encoding": "gzip"})


def test_what_a_proxy_packs_all_the_same_is_unpacked(client, hospital):
    hospital.on("GET", "/Patient/chen", packed(json.dumps(PATIENT).encode()))
    assert client.read("Patient/chen").body == PATIENT


@pytest.mark.parametrize(
    "reply",
    [
        packed(b" " * (BIGGEST * 20) + b"{}"),  # a small parcel with a big content
        packed(json.dumps(PATIENT).encode() * 50, cut=12),
        Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        Reply(body=b"x", headers={"Content-Encoding": "br"}),
    ],
)
def test_what_cannot_be_unpacked_to_its_end_is_not_believed(client, hospital, reply):
    hospital.on("GET", "/Patient/chen", reply)
    with pytest.raises(BadPayload):
        client.read("Patient/chen")


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://HIS.example:443/other/path?page=2", True),
        ("https://his.example/fhir?page=2", True),
        ("http://his.example/fhir?page=2", False),
        ("https://his.example:8443/fhir", False),
        ("https://his.example.evil.example/fhir", False),
        ("https://his.example@evil.example/fhir", False),
        ("https://evil.example\\@his.example/fhir", False),
        ("https://[::1/fhir", False),
    ],
)
def test_one_server_is_known_by_scheme_name_and_port(address, ours):
    client = Client("https://his.example/fhir", Fixed(), authorities())
    try:
        assert client.url(address) == address and ours
    except BadPayload:
        assert not ours
    finally:
        client.close()


def test_the_next_page_on_another_server_is_not_asked(his, hospital):
    other = f"http://127.0.0.2:{hospital.server_port}/hospital/r4/Patient?page=2"
    hospital.on("GET", "/Practitioner", bundle(PATIENT, next_url=other))
    with pytest.raises(BadPayload):
        his.client.url(other)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_hospital_inside_a_transaction(client):
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        client.read("Patient/chen")


async def _on_the_loop(client):
    with pytest.raises(RuntimeError, match="event loop"):
        client.read("Patient/chen")


def test_nobody_waits_for_the_hospital_on_the_event_loop(client):
    import asyncio

    asyncio.run(_on_the_loop(client))
