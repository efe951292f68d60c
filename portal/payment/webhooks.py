"""The cashier's news: believed only when signed, kept once, acted on by asking back."""

from __future__ import annotations

from django.db import transaction

from portal.outbox.putting import put
from portal.payment.gateway import Event
from portal.payment.models import Checkout, Refund, WebhookReceipt

CHECKOUT = "checkout.session."
REFUNDS = ("refund.", "charge.refund")


@transaction.atomic
def receive(gateway: str, event: Event) -> bool:
    """Keep the event; True when it is new. What it means is fetched from the cashier later."""
    receipt, is_new = WebhookReceipt.objects.get_or_create(
        gateway=gateway,
        event_id=event.id,
        defaults={"kind": event.kind[:60], "object_ref": event.object_ref},
    )
    if is_new:
        _look_into(receipt)
    return is_new


def _look_into(receipt: WebhookReceipt) -> None:
    if receipt.kind.startswith(CHECKOUT):
        row = Checkout.objects.filter(gateway_ref=receipt.object_ref).first()
        if row:
            put("payment.settle", row.invoice.organization_id, lane=f"invoice:{row.invoice_id}",
                payload={"checkout": str(row.pk)}, priority=1)  # fmt: skip
    elif receipt.kind.startswith(REFUNDS):
        refund = Refund.objects.filter(gateway_ref=receipt.object_ref).first()
        if refund:
            put("payment.refund", refund.organization_id,
                lane=f"invoice:{refund.receipt.invoice_id}",
                payload={"refund": str(refund.pk)}, priority=2)  # fmt: skip
