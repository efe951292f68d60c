"""The gateway delivers each message once, to a page that shows it large."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

MESSAGE = {"to": "+8613900001001", "text": "Your code is 123456.", "key": "k-1"}


def send(gateway, **change):
    return gateway.post("/messages", json=MESSAGE | change)


def test_a_message_is_delivered_once_however_often_it_is_sent(gateway):
    first, again = send(gateway), send(gateway)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(gateway.get("/messages").json()) == 1


def test_eight_senders_of_one_key_deliver_one(gateway):
    with ThreadPoolExecutor(8) as senders:
        address = f"{gateway.base_url}/messages"
        sent = senders.map(
            lambda _: httpx.post(address, json=MESSAGE, timeout=20, verify=False), range(8)
        )
        assert sorted(answer.status_code for answer in sent) == [200] * 7 + [201]
    assert len(gateway.get("/messages").json()) == 1


def test_a_key_belongs_to_one_message(gateway):
    send(gateway)
    assert send(gateway, text="Something else.").status_code == 409
    assert [m["text"] for m in gateway.get("/messages").json()] == [MESSAGE["text"]]


def test_each_telephone_has_its_own_messages_the_newest_first(gateway):
    send(gateway)
    send(gateway, key="k-2", text="The second.")
    send(gateway, key="k-3", to="139 0000-1002", text="For another.")
    own = gateway.get("/messages", params={"to": "+8613900001001"}).json()
    assert [m["text"] for m in own] == ["The second.", MESSAGE["text"]]
    assert gateway.get("/messages?to=+8613900001001").json() == own
    assert len(gateway.get("/messages?to=13900001002").json()) == 1


def test_the_page_shows_a_telephone_and_refreshes_itself(gateway):
    send(gateway)
    send(gateway, key="k-2", to="13900001002", text="For another.")
    page = gateway.get("/?to=%2B8613900001001").text
    assert 'http-equiv="refresh"' in page and 'class="sandbox"' in page
    assert MESSAGE["text"] in page and "For another." not in page
    assert 'href="/?to=13900001002"' in page
    assert "For another." in gateway.get("/").text


def test_a_message_is_shown_as_text(gateway):
    send(gateway, text="<script>alert('x')</script>")
    assert "<script" not in gateway.get("/").text
    assert "<script" not in gateway.get("/", params={"to": "<script>"}).text


@pytest.mark.parametrize(
    "change",
    [
        {"to": ""},
        {"to": "Chen"},
        {"to": 13900001001},
        {"to": "1" * 40},
        {"text": ""},
        {"text": " \n"},
        {"text": "x" * 2001},
        {"text": "nul\x00"},
        {"text": None},
        {"key": ""},
        {"key": "k" * 101},
        {"key": 1},
        {"favourite": "colour"},
    ],
)
def test_a_bad_message_is_refused_and_not_kept(gateway, change):
    answer = send(gateway, **change)
    assert answer.status_code == 400 and answer.json()["error"]
    assert gateway.get("/messages").json() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"to": "\\ud800"}', b"[" * 100_000])
def test_what_is_no_message_is_refused(gateway, body):
    assert gateway.post("/messages", content=body).status_code == 400


def test_a_half_letter_is_refused(gateway):
    body = b'{"to": "13900001001", "key": "k", "text": "a\\ud800"}'
    assert gateway.post("/messages", content=body).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/messages", 405), ("GET", "/nothing", 404), ("DELETE", "/", 405)],
)
def test_other_addresses_and_methods_are_refused(gateway, method, path, status):
    assert gateway.request(method, path).status_code == status


def test_it_can_be_down_and_slow(gateway):
    down = gateway.post("/_sandbox/trouble", json={"down": True})
    assert down.json() == {"down": True, "latency_ms": 0}
    assert send(gateway).status_code == 503
    gateway.post("/_sandbox/trouble", json={"down": False, "latency_ms": 200})
    start = time.monotonic()
    assert send(gateway).status_code == 201
    assert time.monotonic() - start >= 0.2
    assert gateway.delete("/_sandbox/trouble").json() == {"down": False, "latency_ms": 0}


def test_the_switches_stand_on_a_page(gateway):
    answer = gateway.post("/_sandbox/trouble", data={"down": "on", "latency_ms": "3"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/trouble")
    page = gateway.get("/trouble").text
    assert "checked" in page and 'value="3"' in page


@pytest.mark.parametrize("wanted", [{"down": 1}, {"latency_ms": -1}, {"other": True}, []])
def test_a_switch_that_does_not_exist_changes_nothing(gateway, wanted):
    assert gateway.post("/_sandbox/trouble", json=wanted).status_code == 400
    assert gateway.get("/_sandbox/trouble").json() == {"down": False, "latency_ms": 0}


def test_a_reset_clears_every_telephone(gateway):
    send(gateway)
    assert gateway.post("/_sandbox/reset").json() == {"reset": True}
    assert gateway.get("/messages").json() == []
