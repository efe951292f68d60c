"""The clock of the cashier: no payment waits for a message that never came."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from portal.outbox.putting import put
from portal.payment.models import Checkout

QUIET = timedelta(minutes=2)


@shared_task
def look_after_checkouts() -> int:
    """Ask again for every open checkout; one past its end is closed. Answers how many."""
    now = timezone.now()
    rows = Checkout.objects.filter(status=Checkout.Status.OPEN, created__lt=now - QUIET)
    for row in rows.select_related("invoice"):
        kind = "payment.close" if row.expires_at < now else "payment.settle"
        put(kind, row.invoice.organization_id, lane=f"invoice:{row.invoice_id}",
            payload={"checkout": str(row.pk)}, priority=3)  # fmt: skip
    return len(rows)
