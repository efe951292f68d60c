"""What the clock does with the record."""

from __future__ import annotations

from celery import shared_task

from portal.record import prescribing


@shared_task(ignore_result=True)
def expire_prescriptions() -> None:
    """End the prescriptions whose day is over (R51)."""
    prescribing.expire_due()
