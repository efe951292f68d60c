"""Enough tries for a tired finger, too few to guess with (R109)."""

from __future__ import annotations

import math
import time
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import Tally
from portal.locking import for_update
from portal.secrecy import blind_index

MINUTE, HOUR, DAY = 60, 3600, 86400


class Limit(NamedTuple):
    """At most `amount` tries in any `seconds`."""

    amount: int
    seconds: int


WRONG = Limit(settings.LOGIN_MAX_FAILURES, settings.LOGIN_LOCK_MINUTES * MINUTE)
LIMITS = {
    # By number and address, so that a stranger's tries lock the stranger; and for the number in
    # all, so that many strangers do not guess it together.
    "code-number": (Limit(6, 15 * MINUTE), Limit(20, DAY)),
    "code-number-all": (Limit(12, 15 * MINUTE), Limit(40, DAY)),
    "code-address": (Limit(120, HOUR),),
    "code-wrong": (WRONG,),
    "code-wrong-all": (Limit(4 * WRONG.amount, WRONG.seconds), Limit(12 * WRONG.amount, DAY)),
    "password-wrong": (WRONG,),
    "password-address": (Limit(60, 15 * MINUTE),),
    "factor-wrong": (WRONG,),
    "birth-date-wrong": (WRONG,),
    "real-name": (Limit(5, HOUR), Limit(10, DAY)),
}


class TooMany(Exception):
    """Tried too often; `retry_after` says in how many seconds it may be tried again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@transaction.atomic
def spend(action: str, key: str) -> None:
    """Count one try, or raise TooMany; a refused try is not counted.

    Spend before the answer is compared: many tries at one moment then count as many.
    """
    tally = _locked(action, key)
    tally.times = _recent(action, tally.times)
    if wait := _wait(action, tally.times):
        raise TooMany(wait)
    tally.times.append(time.time())
    tally.latest = timezone.now()
    tally.save(update_fields=["times", "latest"])


def forget(action: str, key: str) -> None:
    """A right answer wipes the wrong ones before it."""
    Tally.objects.filter(action=action, key=blind_index(key)).delete()


def wait(action: str, key: str) -> int:
    """Seconds until the next try is open; 0 when it is open now."""
    tally = Tally.objects.filter(action=action, key=blind_index(key)).first()
    return _wait(action, _recent(action, tally.times)) if tally else 0


def purge() -> int:
    """Remove tallies that no limit looks at any more."""
    old = timezone.now() - timedelta(days=2)
    return Tally.objects.filter(latest__lt=old).delete()[0]


def _locked(action: str, key: str) -> Tally:
    index = blind_index(key)
    Tally.objects.get_or_create(action=action, key=index, defaults={"latest": timezone.now()})
    return for_update(Tally.objects).get(action=action, key=index)


def _recent(action: str, times: list[float]) -> list[float]:
    longest = max(limit.seconds for limit in LIMITS[action])
    return [at for at in times if at > time.time() - longest]


def _wait(action: str, times: list[float]) -> int:
    now, waits = time.time(), [0.0]
    for amount, seconds in LIMITS[action]:
        inside = [at for at in times if at > now - seconds]
        if len(inside) >= amount:
            waits.append(inside[-amount] + seconds - now)
    return math.ceil(max(waits))
