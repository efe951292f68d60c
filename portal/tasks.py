"""What the portal's clock does for itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from portal import health


@shared_task(ignore_result=True)
def heartbeat() -> None:
    health.beat()


@worker_ready.connect(weak=False)
def first_heartbeat(**_sender: Any) -> None:
    """A worker that has just come up says so at once, not at the clock's next stroke."""
    health.beat()
