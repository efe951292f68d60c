"""What the clock does for parcels. Every task may run twice, late or not at all for a while."""

from __future__ import annotations

from celery import shared_task

from delivery import parcelling, promising, settling
from portal.rounds import all_of


@shared_task(ignore_result=True)
def make_parcels() -> None:
    """Parcels whose last open fill was declined instead of packed."""
    parcelling.make_waiting()


@shared_task(ignore_result=True)
def keep_promises() -> None:
    """Late parcels are told to the resident; undecided cases to the manager."""
    all_of(promising.tell_late, settling.tell_overdue)
