"""The clock of the cashier: no payment waits for a message that never came."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from portal.outbox.putting import put
from portal.payment import comparing, prices
from portal.payment.gateway import GatewayUnavailable
from portal.payment.models import Checkout, Refund

logger = logging.getLogger(__name__)
QUIET = timedelta(minutes=2)
SLOW = timedelta(minutes=10)


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


@shared_task
def look_after_refunds() -> int:
    """Ask what became of refunds that the cashier has not settled; answers how many."""
    rows = Refund.objects.filter(
        status=Refund.Status.REQUESTED, created__lt=timezone.now() - SLOW
    ).exclude(gateway_ref="")
    for row in rows.select_related("receipt__invoice"):
        put("payment.refund", row.organization_id, lane=f"invoice:{row.receipt.invoice_id}",
            payload={"refund": str(row.pk)}, priority=4)  # fmt: skip
    return len(rows)


@shared_task
def compare_books() -> int:
    """Each night: prices, then our books against the cashier's; how many differences stand."""
    compare_prices()
    try:
        return comparing.compare()
    except GatewayUnavailable:
        logger.warning("books not compared: the cashier does not answer")
        return -1


@shared_task
def compare_prices() -> int:
    """Each night: online prices against the counters' lists; answers how many differ (R104)."""
    return prices.compare()
