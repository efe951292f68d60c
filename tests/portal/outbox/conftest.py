from __future__ import annotations

import pytest

from portal.outbox import relaying
from portal.outbox.models import OutboxMessage
from portal.outbox.putting import put


class OtherSide:
    """The other side of the outbox: keeps what arrived, and fails when it is told to."""

    def __init__(self):
        self.arrived: list[int] = []
        self.trouble: dict[int, list[Exception]] = {}

    def take(self, message):
        number = message.payload["n"]
        if self.trouble.get(number):
            raise self.trouble[number].pop(0)
        self.arrived.append(number)
        return f"Thing/{number}"


@pytest.fixture
def other_side(monkeypatch):
    side = OtherSide()
    monkeypatch.setitem(relaying._handlers, "his.test", side.take)
    return side


@pytest.fixture
def post(centre):
    """Put message number n in a lane."""

    def _post(n, lane="chen", **facts):
        return put(
            "his.test", facts.pop("organization", centre), lane=lane, payload={"n": n}, **facts
        )

    return _post


@pytest.fixture
def due_now():
    """Let the time of every waiting row come."""

    def _due_now():
        from django.db.models.functions import Now

        waiting = OutboxMessage.objects.filter(state__in=["pending", "unknown"])
        waiting.update(next_at=Now())

    return _due_now
