import pytest
import time_machine

from portal.accounts import limits
from portal.accounts.models import Tally

pytestmark = pytest.mark.django_db


def test_the_sixth_wrong_password_waits_fifteen_minutes():
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        for _ in range(5):
            limits.spend("password-wrong", "dr-li")
        with pytest.raises(limits.TooMany) as refused:
            limits.spend("password-wrong", "dr-li")
        assert refused.value.retry_after == 900
        clock.shift(900)
        limits.spend("password-wrong", "dr-li")


def test_a_refused_try_does_not_make_the_wait_longer():
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        for _ in range(5):
            limits.spend("password-wrong", "dr-li")
        clock.shift(600)
        with pytest.raises(limits.TooMany):
            limits.spend("password-wrong", "dr-li")
        assert limits.wait("password-wrong", "dr-li") == 300


def test_one_persons_mistakes_do_not_lock_another():
    for _ in range(5):
        limits.spend("password-wrong", "dr-li")
    limits.spend("password-wrong", "dr-wang")


def test_a_right_answer_wipes_the_wrong_ones():
    for _ in range(5):
        limits.spend("password-wrong", "dr-li")
    limits.forget("password-wrong", "dr-li")
    assert limits.wait("password-wrong", "dr-li") == 0


def test_the_tally_does_not_name_anybody():
    limits.spend("code-number", "+8613800000001")
    assert "138" not in Tally.objects.get().key


def test_old_tallies_are_removed():
    with time_machine.travel("2026-03-01"):
        limits.spend("password-wrong", "dr-li")
    with time_machine.travel("2026-03-08"):
        limits.spend("password-wrong", "dr-wang")
        assert limits.purge() == 1
