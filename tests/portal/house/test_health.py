from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from portal import health
from portal.his.models import FeedCursor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_clean_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def all_well():
    health.beat()
    FeedCursor.objects.create(base_url=settings.HIS_BASE_URL, polled="2026-01-01T00:00Z")


def test_a_living_process_says_so(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_when_every_part_answers_the_portal_is_ready(client, all_well):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert {name: part["state"] for name, part in answer.json()["parts"].items()} == {
        "database": "ok",
        "channel_layer": "ok",
        "worker": "ok",
        "his": "ok",
    }


def test_a_silent_his_is_a_bad_day_but_the_portal_serves(client, all_well):
    FeedCursor.objects.update(error="Unavailable")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["his"]["state"] == "down"


def test_a_silent_worker_is_a_bad_day_but_the_portal_serves(client, all_well):
    cache.delete(health.HEART)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["worker"]["state"] == "down"


def test_without_its_database_the_portal_cannot_serve(client, monkeypatch):
    def gone(*args):
        raise OSError("no route")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["parts"]["database"] == {"state": "down", "error": "OSError"}


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_who_watches_only_reads(client, address):
    assert client.post(address).status_code == 405
    assert "no-store" in client.get(address)["Cache-Control"]


def test_before_the_first_news_the_his_is_asked_in_the_background_and_once(client, monkeypatch):
    asked = []
    monkeypatch.setattr(health.poll_one, "apply_async", lambda args, **how: asked.append(args))
    for _look in range(3):
        assert client.get("/readyz").json()["parts"]["his"]["state"] == "unknown"
    assert asked == [(settings.HIS_BASE_URL.rstrip("/"),)]
    FeedCursor.objects.create(base_url=settings.HIS_BASE_URL, polled="2026-01-01T00:00Z")
    cache.delete("readyz:his-asked")
    assert client.get("/readyz").json()["parts"]["his"]["state"] == "ok"
    assert len(asked) == 1
