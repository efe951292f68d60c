"""Two people talk without knowing each other's number; the exchange may be down, or lie."""

from __future__ import annotations

import uuid
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from portal.notification import lending
from portal.outbox.outcomes import Postponed, Refused

WU, CHEN = "+8613900008001", "+8613800001001"


@pytest.fixture
def exchange(gateway, settings):
    """The sandbox's own telephone exchange."""
    settings.RELAY_BASE_URL = str(gateway.base_url).rstrip("/") + "/relays"
    return gateway


def later():
    return timezone.now() + timedelta(hours=2)


def dial(gateway, caller, number):
    return gateway.post("/calls", params={"from": caller, "to": number})


def test_both_reach_each_other_through_it_and_nobody_else_does(exchange):
    number = lending.lend(uuid.uuid4(), WU, CHEN, later())
    assert number not in (WU, CHEN)
    assert dial(exchange, WU, number).json() == {"rang": CHEN, "shown": number}
    assert dial(exchange, CHEN, number).json() == {"rang": WU, "shown": number}
    assert dial(exchange, "+8613800009999", number).status_code == 404


def test_asked_twice_it_is_one_number(exchange):
    key = uuid.uuid4()
    assert lending.lend(key, WU, CHEN, later()) == lending.lend(key, WU, CHEN, later())


def test_taken_back_it_rings_nobody_and_may_be_taken_back_again(exchange):
    key = uuid.uuid4()
    number = lending.lend(key, WU, CHEN, later())
    lending.take_back(key)
    lending.take_back(key)
    lending.take_back(uuid.uuid4())
    assert dial(exchange, WU, number).status_code == 404


def test_it_ends_by_itself(exchange):
    number = lending.lend(uuid.uuid4(), WU, CHEN, timezone.now() - timedelta(seconds=1))
    assert dial(exchange, WU, number).status_code == 404


def test_the_page_shows_numbers_and_calls(exchange):
    number = lending.lend(uuid.uuid4(), WU, CHEN, later())
    dial(exchange, WU, number)
    text = exchange.get("/relays").text
    assert number in text and "in service" in text


def test_a_closed_exchange_is_asked_again(exchange):
    exchange.post("/_sandbox/trouble", json={"down": True})
    with pytest.raises(Postponed):
        lending.lend(uuid.uuid4(), WU, CHEN, later())


def test_no_exchange_at_all(settings):
    settings.RELAY_BASE_URL = "http://127.0.0.1:9/relays"
    with pytest.raises(Postponed):
        lending.lend(uuid.uuid4(), WU, CHEN, later())


@pytest.mark.parametrize(
    "told", [{"number": CHEN}, {"number": "13800001001"}, {"number": "<b>"}, {}, [], None]
)
def test_an_answer_with_a_real_number_or_none_is_not_taken(monkeypatch, settings, told):
    settings.RELAY_BASE_URL = "http://127.0.0.1:9/relays"

    async def answer(*_asked, **_more):
        return httpx.Response(200, json=told)

    monkeypatch.setattr(httpx.AsyncClient, "request", answer)
    with pytest.raises(Refused):
        lending.lend(uuid.uuid4(), WU, CHEN, later())
