"""What the clock does at the counter. Every task may run twice, late or not at all for a while."""

from __future__ import annotations

from celery import shared_task

from portal.rounds import all_of
from refill import escalating, reviewing, withdrawing


@shared_task(ignore_result=True)
def expire_unclaimed() -> None:
    """Passed prescriptions that nobody paid end with their day (R51)."""
    all_of(reviewing.follow_extensions, withdrawing.expire_unclaimed)


@shared_task(ignore_result=True)
def escalate_late_answers() -> None:
    """Requests without an answer after one working day: everybody concerned is told, once."""
    escalating.escalate()
