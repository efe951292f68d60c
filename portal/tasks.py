"""What the portal's clock does for itself."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from portal import health, invariants

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def heartbeat() -> None:
    health.beat()


@shared_task(ignore_result=True)
def check_invariants() -> None:
    """Every night: what is broken stands in the log, by its number."""
    for answer in invariants.check():
        if answer.breaches:
            logger.error("invariant broken: %s, %d times", answer.id, answer.breaches)


@worker_ready.connect(weak=False)
def first_heartbeat(**_sender: Any) -> None:
    """A worker that has just come up says so at once, not at the clock's next stroke."""
    health.beat()
