"""Our books against the cashier's, both ways, every difference by name (I9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Sum

from portal.payment.cashier import cashier
from portal.payment.models import Invoice, Receipt, Refund


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the two books disagree; amounts in minor units."""

    what: str
    ref: str
    ours_minor: int
    theirs_minor: int


def differences() -> Iterator[Difference]:
    """Within our own books, then against the cashier's. May raise GatewayUnavailable."""
    yield from own_books()
    yield from _payments()
    yield from _refunds()


def own_books() -> Iterator[Difference]:
    """What an invoice says of itself against its receipts and refunds (I9)."""
    for invoice in Invoice.objects.prefetch_related("receipts__refunds").order_by("created"):
        received = sum(receipt.amount_minor for receipt in invoice.receipts.all())
        returned = sum(
            refund.amount_minor
            for receipt in invoice.receipts.all()
            for refund in receipt.refunds.all()
            if refund.status == Refund.Status.SUCCEEDED
        )
        if received != invoice.captured_minor:
            yield Difference("captured", str(invoice.pk), invoice.captured_minor, received)
        if returned != invoice.refunded_minor:
            yield Difference("refunded", str(invoice.pk), invoice.refunded_minor, returned)
        if invoice.status == Invoice.Status.BALANCED and received < invoice.owed_minor:
            yield Difference("owed", str(invoice.pk), invoice.owed_minor, received)


def _payments() -> Iterator[Difference]:
    ours = dict(Receipt.objects.values_list("gateway_ref", "amount_minor"))
    for payment in cashier().payments():
        amount = ours.pop(payment.ref, 0)
        if amount != payment.amount_minor:
            yield Difference("payment", payment.ref, amount, payment.amount_minor)
    for ref, amount in ours.items():
        yield Difference("payment", ref, amount, 0)


def _refunds() -> Iterator[Difference]:
    done = Refund.objects.filter(status=Refund.Status.SUCCEEDED)
    ours = dict(done.values_list("gateway_ref", "amount_minor"))
    for refund in cashier().refunds():
        if refund.status == "succeeded":
            amount = ours.pop(refund.ref, 0)
            if amount != refund.amount_minor:
                yield Difference("refund", refund.ref, amount, refund.amount_minor)
    for ref, amount in ours.items():
        yield Difference("refund", ref, amount, 0)


def books() -> list[dict[str, Any]]:
    """The money of each invoice: owed, captured, refunded, and its receipts, in minor units."""
    return [
        {
            "invoice": str(invoice.pk),
            "status": invoice.status,
            "currency": invoice.currency,
            "owed": invoice.owed_minor,
            "captured": invoice.captured_minor,
            "refunded": invoice.refunded_minor,
            "receipts": [
                {"payment": receipt.gateway_ref, "amount": receipt.amount_minor}
                for receipt in invoice.receipts.all()
            ],
        }
        for invoice in Invoice.objects.prefetch_related("receipts").order_by("created")
    ]


def totals() -> dict[str, int]:
    """The sums of all invoices, in minor units."""
    sums = Invoice.objects.aggregate(
        owed=Sum("owed_minor"), captured=Sum("captured_minor"), refunded=Sum("refunded_minor")
    )
    return {name: value or 0 for name, value in sums.items()}


def as_row(difference: Difference) -> dict[str, Any]:
    return asdict(difference)
