from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

from portal.accounts.sessions import end_all
from tests.portal.realtime.line import ORIGIN, Line

pytestmark = pytest.mark.django_db(transaction=True)


def refused(port, key="", origin=ORIGIN, path="/live/", **options):
    with pytest.raises(InvalidStatus) as refusal:
        Line(port, key, origin, path=path, **options).hang_up()
    return refusal.value.response.status_code


def test_nobody_is_refused_before_anything_is_accepted(live_port):
    assert refused(live_port) == 403
    for key in ("x" * 32, "../../etc", "a\0b", "é", "' or 1=1 --"):
        assert refused(live_port, key.encode("ascii", "replace").decode().replace("\0", "")) == 403


@pytest.mark.parametrize(
    "origin",
    [
        None, "null", "http://evil.example", "https://127.0.0.1:8000", "http://127.0.0.1:8001",
        "http://127.0.0.1", "http://127.0.0.1:8000.evil.example",
        "http://evil.example#127.0.0.1:8000",
        "http://127.0.0.1:99999", "http://[::1", "", "http://sub.127.0.0.1:8000",
    ],
)  # fmt: skip
def test_a_foreign_origin_is_refused_even_with_a_good_cookie(live_port, session_of, chen, origin):
    # What is no origin at all is refused by the server itself (400).
    assert refused(live_port, session_of(chen), origin) in (400, 403)


def test_our_own_origins_are_let_in(live_port, session_of, chen):
    for origin in (ORIGIN, "http://localhost:8000"):
        with Line(live_port, session_of(chen), origin) as line:
            assert line.ask("ping")["type"] == "pong"


def test_another_address_is_refused(live_port, session_of, chen):
    for path in ("/", "/live", "/live/x/", "/ws/", "//live/"):
        assert refused(live_port, session_of(chen), path=path) == 403


def test_an_ended_session_is_refused(live_port, session_of, chen):
    key = session_of(chen)
    end_all(chen.user)
    assert refused(live_port, key) == 403


def test_a_closed_account_is_refused(live_port, session_of, chen):
    key = session_of(chen)
    chen.user.is_active = False
    chen.user.save()
    assert refused(live_port, key) == 403


def test_compression_is_offered_and_not_taken(live_port, session_of, chen):
    with Line(live_port, session_of(chen), compression="deflate") as line:
        assert "Sec-WebSocket-Extensions" not in line.socket.response.headers
