from __future__ import annotations

import logging

import pytest
from django.core.cache import cache
from kombu.exceptions import OperationalError

from portal.outbox import tasks
from portal.outbox.models import OutboxMessage


@pytest.fixture(autouse=True)
def asleep():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr(tasks.relay, "apply_async", lambda **kw: calls.append(kw))
    return calls


def test_a_worker_is_woken_after_the_commit_and_not_before(
    post, woken, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post(1)
        assert woken == []
    assert len(woken) == 1


def test_a_hundred_messages_wake_one_worker_once(post, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(100):
            post(number, lane=str(number))
    assert len(woken) == 1


def test_a_broker_that_is_down_fails_nobody(
    post, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def down(**_kw):
        raise OperationalError("redis://:secret@cache")

    monkeypatch.setattr(tasks.relay, "apply_async", down)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        post(1)
    assert OutboxMessage.objects.get().state == "pending"
    assert "outbox not woken" in caplog.text and "secret" not in caplog.text


def test_the_task_sends_what_is_due(post, other_side):
    post(1)
    tasks.relay()
    assert other_side.arrived == [1]
