from __future__ import annotations

import socket
import threading

import pytest

from portal.accounts.sessions import open_session
from portal.realtime import limits, sweeping
from portal.realtime.running import running
from tests.portal.realtime.line import Line


@pytest.fixture(scope="session")
def live_port(django_db_setup):
    """The real server on a free port, in a thread of the tests."""
    from consult.live import writer
    from portal.asgi import application
    from portal.embedded.receiving import Server
    from portal.realtime import reading

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ready = threading.Event()
    server = Server(
        application, endpoints=[f"tcp:port={port}:interface=127.0.0.1"], signal_handlers=False,
        verbosity=0, ready_callable=ready.set,
    )  # fmt: skip
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield port
    from twisted.internet import reactor

    reactor.callFromThread(reactor.stop)
    thread.join(10)
    writer.stop()
    reading.stop()


@pytest.fixture
def session_of(transactional_db):
    def of(person):
        return open_session(getattr(person, "user", person))

    return of


@pytest.fixture
def dial(live_port, session_of):
    """Open a socket of a patient, a practitioner or a user; closed after the test."""
    lines = []

    def call(person=None, **options):
        key = options.pop("session_key", None) or (session_of(person) if person else "")
        line = Line(live_port, key, **options)
        line.session_key = key
        lines.append(line)
        return line

    yield call
    for line in lines:
        line.hang_up()


def sweep_now():
    """The look at rights and news begins at once, and later ones come as often as they are to."""
    if running.loop is not None and not running.loop.is_closed():
        running.loop.call_soon_threadsafe(sweeping.hurry)


@pytest.fixture
def sweep_every():
    """Another pause between two looks, in this test only: none sleeps into the next one."""
    usual = limits.SWEEP_SECONDS

    def every(seconds):
        limits.SWEEP_SECONDS = seconds
        sweep_now()

    yield every
    every(usual)
