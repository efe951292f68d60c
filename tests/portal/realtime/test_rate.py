from __future__ import annotations

import time
import uuid
from contextlib import suppress

import pytest
from django.urls import reverse
from websockets.exceptions import ConnectionClosed

from consult.models import Communication
from portal.realtime import bucket, limits
from portal.realtime.bucket import Bucket, Buckets
from portal.realtime.running import say_buckets

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small(monkeypatch):
    """Three messages at once and none after."""
    monkeypatch.setattr(say_buckets, "size", 3)
    monkeypatch.setattr(say_buckets, "rate", 0.001)


def test_a_bucket_holds_forty_and_refills_four_a_second(monkeypatch, settings):
    now = [0.0]
    monkeypatch.setattr("portal.realtime.bucket.time.monotonic", lambda: now[0])
    bucket = Bucket(settings.LIVE_SAY_BURST, settings.LIVE_SAY_A_SECOND)
    assert [bucket.take() for _ in range(41)] == [0] * 40 + [1]
    now[0] += 1.0
    assert [bucket.take() for _ in range(5)] == [0] * 4 + [1]
    now[0] += 3600
    assert sum(bucket.take() == 0 for _ in range(100)) == 40


def test_full_buckets_are_forgotten():
    buckets = Buckets(1, 1000)
    buckets.take("somebody")
    buckets._of["somebody"].stamp -= 10
    buckets.forget_full()
    assert not buckets._of


def test_a_person_shares_one_bucket_over_all_tabs(dial, chen, dr_li, encounter, small):
    one, two = dial(chen), dial(chen)
    answers = [line.say(encounter, "again") for line in (one, two, one, two)]
    assert [answer["type"] for answer in answers] == ["ok", "ok", "ok", "error"]
    assert answers[3]["code"] == "rate_limited"
    assert answers[3]["retry_after"] >= 1
    assert dial(dr_li).say(encounter, "the doctor is not slowed")["type"] == "ok"
    assert Communication.objects.count() == 4


def test_the_form_drains_the_same_bucket(dial, chen, as_person, encounter, small):
    line, client = dial(chen), as_person(chen)
    for _each in range(3):
        line.say(encounter, "hello")
    url = reverse("consult:say", args=[encounter.pk])
    answer = client.post(
        url, {"client_id": uuid.uuid4(), "text": "more"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer["Retry-After"]) >= 1


def test_a_flood_of_commands_is_slowed_and_then_ended(dial, chen, monkeypatch):
    monkeypatch.setattr(limits, "REFUSED_BURSTS", 5)
    monkeypatch.setattr(limits, "COMMANDS_BURST", 10)
    monkeypatch.setattr(limits, "COMMANDS_A_SECOND", 0.01)
    line = dial(chen)
    answers = [line.ask("ping") for _each in range(11)]
    assert [answer["type"] for answer in answers] == ["pong"] * 10 + ["error"]
    assert answers[10]["code"] == "rate_limited"
    with suppress(ConnectionClosed):  # it may be ended before the last is sent
        for number in range(20):
            line.send({"type": "ping", "id": number})
    assert line.close_code() == 4429


def test_who_went_quiet_is_forgotten_and_who_is_hasty_is_not(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("portal.realtime.bucket.time.monotonic", lambda: now[0])
    buckets = Buckets(2, 1)
    for person in range(3 * bucket.MANY):
        now[0] += 0.01
        assert buckets.take(person) == 0
    assert len(buckets) <= bucket.MANY + 1
    for _each in range(2):
        buckets.take("hasty")
    now[0] += 1.5
    buckets.forget_full()
    assert len(buckets) == 1
    assert [buckets.take("hasty") for _each in range(2)] == [0, 1]


def test_the_sweeper_forgets_who_went_quiet(dial, chen, encounter, monkeypatch, sweep_every):
    sweep_every(0.05)
    monkeypatch.setattr(say_buckets, "rate", 2)
    line = dial(chen)
    line.say(encounter, "hello")
    assert chen.user_id in say_buckets
    until = time.monotonic() + 10
    while chen.user_id in say_buckets and time.monotonic() < until:
        line.wait(0.05)
    assert chen.user_id not in say_buckets
