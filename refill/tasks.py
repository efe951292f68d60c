"""What the clock does at the counter. Every task may run twice, late or not at all for a while."""

from __future__ import annotations

from celery import shared_task

from refill import reviewing, withdrawing


@shared_task(ignore_result=True)
def expire_unclaimed() -> None:
    """Passed prescriptions that nobody paid end with their day (R51)."""
    reviewing.follow_extensions()
    withdrawing.expire_unclaimed()
