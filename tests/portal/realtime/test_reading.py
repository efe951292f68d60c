"""Reading threads keep their connections; one that broke while it was quiet is renewed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections

from portal.realtime import reading

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def backend():
    """Which connection of the database answers a reading thread."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda: thread.submit(reading._work, _pid).result()
        thread.submit(connections.close_all).result()


def _pid():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def cut(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)


def test_a_connection_is_kept_from_question_to_question(backend):
    assert backend() == backend()


def test_one_that_broke_while_it_was_quiet_is_renewed_unnoticed(backend, monkeypatch):
    first = backend()
    cut(first)
    monkeypatch.setattr(reading, "ASKED_AFTER_S", -1)
    assert backend() != first


def test_one_that_breaks_in_use_fails_one_question(backend):
    first = backend()
    cut(first)
    with pytest.raises(OperationalError):
        backend()
    assert backend() != first
