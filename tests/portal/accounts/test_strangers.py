"""Wrong codes lock whoever types them, not the owner of the number (R109)."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from tests.portal.accounts.test_resident_sign_in import ask, enter, signed_in

pytestmark = pytest.mark.django_db


def from_(address):
    return Client(REMOTE_ADDR=address)


def wrong_than(right):
    return "000000" if right != "000000" else "111111"


def test_a_strangers_wrong_codes_do_not_lock_the_owner_out(telephone):
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        stranger, owner = from_("203.0.113.9"), from_("198.51.100.7")
        for _ in range(6):
            ask(stranger)
            clock.shift(31)
        for _ in range(6):
            answer = stranger.post("/accounts/login/code/", {"code": wrong_than(telephone[-1][1])})
        assert answer.status_code == 429
        assert enter(owner, telephone).status_code == 302
        assert signed_in(owner)


def test_many_strangers_together_do_not_guess_on(telephone):
    with time_machine.travel("2026-03-08 08:00", tick=False):
        told = []
        for n in range(5):
            one = from_(f"203.0.113.{n}")
            ask(one)
            wrong = wrong_than(telephone[-1][1])
            for _ in range(5):
                told.append(one.post("/accounts/login/code/", {"code": wrong}).status_code)
        assert told == [400] * 20 + [429] * 5
