"""A socket opens, and stays open, only for a session that is whole and awake."""

import pytest
import time_machine

from portal.accounts.actor import Actor
from portal.accounts.sessions import open_session
from portal.realtime.signing_in import sign_in, still_valid

pytestmark = pytest.mark.django_db


def door(key):
    return sign_in([(b"cookie", f"sessionid={key}".encode())])


def test_a_whole_session_opens_a_socket(staff):
    actor, _language = door(open_session(staff))
    assert actor.user == staff


def test_a_password_alone_opens_no_socket(staff):
    assert door(open_session(staff, second_factor=False)) is None


def test_a_locked_desk_opens_no_socket_and_loses_the_open_one(staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        key = open_session(staff)
        actor = Actor.of(staff, key)
        assert (key, staff.pk) in still_valid([actor])
        clock.shift(901)
        assert door(key) is None
        assert still_valid([actor]) == set()


def test_a_residents_socket_is_not_locked_by_the_clock(chen):
    with time_machine.travel("2026-03-08 08:00") as clock:
        key = open_session(chen.user)
        clock.shift(7 * 24 * 3600)
        assert door(key) is not None
        assert still_valid([Actor.of(chen.user, key)])
