"""Write down how a try ended; only the holder of the lease may."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import Conflicted, GivenUp, Outcome, Postponed, Refused, Unknown

logger = logging.getLogger(__name__)

State = OutboxMessage.State
OPEN = (State.PENDING, State.IN_FLIGHT, State.UNKNOWN)
FAULTS = 8
LONGEST_REF = 500
HOPELESS = timedelta(hours=24)
FIRST_DELAY, LONGEST_DELAY = 2.0, 300.0
POSTPONED_SECONDS, LONGEST_POSTPONED = 15.0, 60.0
ENDS: dict[type[Outcome], str] = {
    Conflicted: State.CONFLICT,
    Refused: State.REJECTED,
    GivenUp: State.DEAD,
}


def done(message: OutboxMessage, answer: Any) -> None:
    """Delivered: keep where it lives on the other side."""
    refs = answer if isinstance(answer, tuple) else (answer,) if answer is not None else ()
    version = str(getattr(refs[0], "version", "")) if refs else ""
    _settle(
        message,
        state=State.DONE,
        done_at=Now(),
        remote_ref=",".join(map(str, refs))[:LONGEST_REF],
        remote_version=version[:64],
        last_error="",
    )


def failed(message: OutboxMessage, error: Exception) -> None:
    """Not delivered: wait, ask, try again, or leave it to a person."""
    if not isinstance(error, Outcome):
        logger.error("outbox %s %s failed", message.kind, message.pk, exc_info=error)
    reason = f"{type(error).__name__}: {error}" if isinstance(error, Outcome) else _name(error)
    if isinstance(error, Postponed):  # first: a key that is not accepted is both
        return _postpone(message, error, reason)
    for kind, state in ENDS.items():
        if isinstance(error, kind):
            return _end(message, state, reason)
    return _fault(message, error, reason)


def _name(error: Exception) -> str:
    """A fault of ours: its kind only, its words may hold contents."""
    return type(error).__name__


def _open_state(message: OutboxMessage) -> str:
    """What may have arrived stays to be asked about, however often nobody answers."""
    return State.UNKNOWN if message.may_have_arrived else State.PENDING


def _postpone(message: OutboxMessage, error: Postponed, reason: str) -> None:
    """The other side is away: not the message's fault, so it is never given up for it."""
    seconds = min(error.retry_after or POSTPONED_SECONDS, LONGEST_POSTPONED)
    _settle(message, state=_open_state(message), next_at=_in(seconds), last_error=reason)


def put_back(message: OutboxMessage) -> None:
    """Claimed and never sent: as it was before."""
    _settle(message, state=_open_state(message), attempts=message.attempts - 1)


def _fault(message: OutboxMessage, error: Exception, reason: str) -> None:
    """Once more later, with full jitter; a message that alone fails again and again is poison."""
    message.may_have_arrived |= isinstance(error, Unknown)
    faults = message.faults + 1
    if faults >= FAULTS and _is_poison(message):
        return _end(message, State.DEAD, reason)
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2**faults)
    return _settle(
        message,
        state=_open_state(message),
        may_have_arrived=message.may_have_arrived,
        faults=faults,
        failing_since=Coalesce(F("failing_since"), Now()),
        next_at=_in(longest),
        last_error=reason,
    )


def _is_poison(message: OutboxMessage) -> bool:
    """Others got through to the same side since it began to fail, or a day has passed."""
    since = message.failing_since
    if since is None:
        return False
    centre, kind = message.peer
    others = OutboxMessage.objects.filter(
        organization_id=centre, kind__startswith=f"{kind}.", state=State.DONE, done_at__gte=since
    )
    return timezone.now() - since > HOPELESS or others.exists()


@transaction.atomic
def _end(message: OutboxMessage, state: str, reason: str) -> None:
    """For a person now; what was to follow it waits on the same page."""
    _settle(message, state=state, last_error=reason, faults=F("faults") + 1)
    _strand(message.pk)


def _strand(forerunner: int) -> None:
    followers = OutboxMessage.objects.filter(depends_on_id=forerunner, state__in=OPEN)
    for follower in list(followers.values_list("pk", flat=True)):
        OutboxMessage.objects.filter(pk=follower, state__in=OPEN).update(
            state=State.DEAD, last_error=stranded(forerunner)
        )
        _strand(follower)


def stranded(forerunner: int) -> str:
    return f"waits for {forerunner}, which was not delivered"


def _in(seconds: float) -> Any:
    return Now() + timedelta(seconds=0.5 + random.uniform(0, seconds))


def _settle(message: OutboxMessage, **facts: Any) -> None:
    """Only while we hold the lease: the number of the try says so."""
    if "last_error" in facts:
        facts["last_error"] = facts["last_error"][:300]
    ours = Q(pk=message.pk, state=State.IN_FLIGHT, attempts=message.attempts)
    if not OutboxMessage.objects.filter(ours).update(leased_until=None, **facts):
        logger.warning("outbox %s was settled by another worker", message.pk)
