"""Several workers at once, and one that is killed: each effect once, in order in its lane."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

import pytest
from django.db import connection

from portal.outbox import outcomes, relaying
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import relay_due

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


class Witness:
    """Notes who came when; slow enough that a second sender would be seen."""

    def __init__(self, pause=0.01):
        self.lock = threading.Lock()
        self.pause = pause
        self.came = []
        self.inside = defaultdict(int)
        self.most_inside = 0
        self.together = []

    def take(self, message):
        with self.lock:
            self.came.append((message.lane, message.payload["n"]))
            self.inside[message.lane] += 1
            self.together.append(self.inside[message.lane])
            self.most_inside = max(self.most_inside, sum(self.inside.values()))
        time.sleep(self.pause)
        with self.lock:
            self.inside[message.lane] -= 1


@pytest.fixture
def witness(monkeypatch, settings):
    settings.OUTBOX_LANES = 6
    seen = Witness()
    monkeypatch.setitem(relaying._handlers, "his.test", seen.take)
    return seen


def other_worker():
    """A relay as in another process: it does not know of the first one's round."""
    try:
        work = relaying._Round(6)
        work.drain()
    finally:
        connection.close()


def test_each_message_goes_once_in_order_with_three_workers(post, witness):
    for number in range(60):
        post(number, lane=f"lane-{number % 10}")
    others = [threading.Thread(target=other_worker) for _turn in range(2)]
    for thread in others:
        thread.start()
    relay_due()
    for thread in others:
        thread.join()
    assert sorted(number for _lane, number in witness.came) == list(range(60))
    by_lane = defaultdict(list)
    for lane, number in witness.came:
        by_lane[lane].append(number)
    assert all(numbers == sorted(numbers) for numbers in by_lane.values())
    assert max(witness.together) == 1
    assert witness.most_inside > 2
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_slow_centre_leaves_lanes_to_the_others(post, witness, monkeypatch, other_centre):
    gate = threading.Event()
    served = threading.Event()

    def take(message):
        if message.organization_id == other_centre.pk:
            served.set()
        else:
            gate.wait(10)

    monkeypatch.setitem(relaying._handlers, "his.test", take)
    for number in range(20):
        post(number, lane=f"slow-{number}")
    post(99, lane="quick", organization=other_centre)
    worker = threading.Thread(target=lambda: (relay_due(), connection.close()))
    worker.start()
    in_time = served.wait(5)
    gate.set()
    worker.join()
    assert in_time


def test_a_row_that_fails_in_a_thread_stops_nobody(post, witness, monkeypatch):
    def take(message):
        if message.payload["n"] == 3:
            raise outcomes.Refused("no")
        if message.payload["n"] == 4:
            raise ZeroDivisionError
        return witness.take(message)

    monkeypatch.setitem(relaying._handlers, "his.test", take)
    for number in range(8):
        post(number, lane=str(number))
    relay_due()
    assert len(witness.came) == 6


def is_kept(message, before):
    return OutboxMessage.objects.get(pk=message.pk).leased_until > before


def test_the_lease_of_a_slow_answer_is_kept(post, witness, monkeypatch):
    monkeypatch.setattr(relaying, "HEARTBEAT_SECONDS", 0.05)
    seen = []

    def take(message):
        before = OutboxMessage.objects.get(pk=message.pk).leased_until
        deadline = time.monotonic() + 20
        while not (kept := is_kept(message, before)) and time.monotonic() < deadline:
            time.sleep(0.01)
        seen.append(kept)

    monkeypatch.setitem(relaying._handlers, "his.test", take)
    post(1, lane="a")
    post(2, lane="b")
    relay_due()
    assert seen == [True, True]
