from __future__ import annotations

import pytest
import time_machine
from redis.exceptions import ConnectionError as RedisDown

from portal.his import breaker
from portal.his.auth import Fixed
from portal.his.breaker import FAILURES
from portal.his.client import Client
from portal.his.errors import NotFound, Unavailable
from portal.trusting import authorities
from tests.portal.his.scripted import Reply, outcome

PATIENT = {"resourceType": "Patient", "id": "chen"}
DOWN = Reply(502, b"", kind="text/html")


def read(client):
    return client.read("Patient/chen", seconds=1)


def fail(client, times):
    for _turn in range(times):
        with pytest.raises(Unavailable):
            read(client)


def test_after_five_failures_the_hospital_is_left_alone(client, hospital):
    hospital.on("GET", "/Patient", DOWN)
    fail(client, FAILURES + 3)
    assert len(hospital.asked) == FAILURES


def test_another_worker_leaves_it_alone_too(client, hospital):
    hospital.on("GET", "/Patient", DOWN)
    fail(client, FAILURES)
    other = Client(hospital.base, Fixed(), authorities())
    fail(other, 1)
    other.close()
    assert len(hospital.asked) == FAILURES


def test_writes_go_on_while_reads_are_closed(client, hospital):
    hospital.on("GET", "/Patient", DOWN)
    hospital.on("POST", "/Patient", PATIENT)
    fail(client, FAILURES)
    assert client.write("POST", "Patient", PATIENT).body == PATIENT


def test_one_probe_opens_it_again(client, hospital):
    hospital.on("GET", "/Patient", DOWN)
    fail(client, FAILURES)
    hospital.on("GET", "/Patient", PATIENT)
    with time_machine.travel(61 + _now(), tick=True):
        assert read(client).body == PATIENT
        assert read(client).body == PATIENT


def test_a_failed_probe_closes_it_for_longer(client, hospital):
    hospital.on("GET", "/Patient", DOWN)
    fail(client, FAILURES)
    with time_machine.travel(61 + _now(), tick=False):
        fail(client, 3)
    assert len(hospital.asked) == FAILURES + 1


def test_only_one_asks_while_it_is_half_open(client, hospital):
    hospital.on("GET", "/Patient", DOWN)
    fail(client, FAILURES)
    with time_machine.travel(61 + _now(), tick=True):
        client.reads.enter()  # somebody else is trying now
        fail(client, 1)
    assert len(hospital.asked) == FAILURES


def test_a_server_that_answers_in_fhir_lives(client, hospital):
    hospital.on("GET", "/Patient", Reply(404, outcome("not-found")))
    for _turn in range(FAILURES + 2):
        with pytest.raises(NotFound):
            read(client)
    assert len(hospital.asked) == FAILURES + 2


def test_successes_in_between_forgive(client, hospital):
    hospital.on("GET", "/Patient", *([DOWN] * (FAILURES - 1)), PATIENT, DOWN, PATIENT)
    fail(client, FAILURES - 1)
    read(client)
    fail(client, 1)
    assert read(client).body == PATIENT


def test_a_cache_that_is_down_does_not_take_the_hospital_with_it(client, hospital, monkeypatch):
    def down(*_args):
        raise RedisDown

    hospital.on("GET", "/Patient", PATIENT)
    monkeypatch.setattr(breaker.cache, "get_many", down)
    assert read(client).body == PATIENT


def _now():
    import time

    return time.time()
