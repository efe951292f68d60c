"""Our books against the cashier's, both ways, every difference by name (I9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Sum

from portal.payment import refunding
from portal.payment.cashier import cashier
from portal.payment.models import Checkout, Invoice, Receipt, Refund


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the two books disagree; amounts in minor units."""

    what: str
    ref: str
    ours_minor: int
    theirs_minor: int
    invoice: str = ""
    is_under_way: bool = False  # the cashier's news has not arrived yet


def differences() -> Iterator[Difference]:
    """Within our own books, then against the cashier's. May raise GatewayUnavailable."""
    yield from own_books()
    yield from against_cashier()


def against_cashier() -> Iterator[Difference]:
    """Each payment and each refund, ours against theirs. May raise GatewayUnavailable."""
    yield from _payments()
    yield from _refunds()


def own_books() -> Iterator[Difference]:
    """What an invoice says of itself against its receipts and refunds (I9)."""
    invoices = Invoice.objects.prefetch_related(
        "receipts__refunds", "lines__refund_lines__refund"
    ).order_by("created")
    for invoice in invoices.iterator(chunk_size=200):
        pk = str(invoice.pk)
        received = sum(receipt.amount_minor for receipt in invoice.receipts.all())
        returned = _back(invoice, Refund.Status.SUCCEEDED)
        if received != invoice.captured_minor:
            yield Difference("captured", pk, invoice.captured_minor, received, pk)
        if returned != invoice.refunded_minor:
            yield Difference("refunded", pk, invoice.refunded_minor, returned, pk)
        yield from _owed_and_kept(invoice, pk, received)


def _owed_and_kept(invoice: Invoice, pk: str, received: int) -> Iterator[Difference]:
    """What is owed is the sum of the lines; what is kept is what is owed less what goes back."""
    lines = [line for line in invoice.lines.all() if line.withdrawn_at is None]
    owed = sum(line.due_minor for line in lines)
    if invoice.status in (Invoice.Status.DRAFT, Invoice.Status.ISSUED):
        if owed != invoice.owed_minor:
            yield Difference("owed", pk, invoice.owed_minor, owed, pk)
        return
    kept = received - _back(invoice, *refunding.LIVE)
    given = [part for line in lines for part in line.refund_lines.all()]
    given = [part for part in given if part.refund.status in refunding.LIVE]
    due = owed - sum(part.amount_minor for part in given)
    due = due if invoice.status == Invoice.Status.BALANCED else 0
    # What the bank did not take back is still here until somebody tries again.
    if not 0 <= kept - due <= _back(invoice, Refund.Status.FAILED):
        yield Difference("kept", pk, kept, due, pk)


def _back(invoice: Invoice, *states: str) -> int:
    receipts = invoice.receipts.all()
    refunds = [refund for receipt in receipts for refund in receipt.refunds.all()]
    return sum(refund.amount_minor for refund in refunds if refund.status in states)


def _payments() -> Iterator[Difference]:
    rows = Receipt.objects.values_list("gateway_ref", "amount_minor", "invoice")
    ours = {ref: (amount, str(invoice)) for ref, amount, invoice in rows}
    at_the_cashier = _invoices_at_the_cashier()
    for payment in cashier().payments():
        amount, _invoice = ours.pop(payment.ref, (0, ""))
        if amount != payment.amount_minor:
            yield Difference(
                "payment", payment.ref, amount, payment.amount_minor, payment.invoice_id,
                is_under_way=not amount and payment.invoice_id in at_the_cashier,
            )  # fmt: skip
    for ref, (amount, invoice) in ours.items():
        yield Difference("payment", ref, amount, 0, invoice)


def _invoices_at_the_cashier() -> set[str]:
    rows = Checkout.objects.filter(status=Checkout.Status.OPEN)
    return {str(pk) for pk in rows.values_list("invoice", flat=True)}


def _refunds() -> Iterator[Difference]:
    rows = list(Refund.objects.select_related("receipt"))
    asked = {str(row.key): row for row in rows}
    ours = {row.gateway_ref: row for row in rows if row.status == Refund.Status.SUCCEEDED}
    for refund in cashier().refunds():
        if refund.status == "succeeded":
            known, row = ours.pop(refund.ref, None), asked.get(refund.key)
            amount = known.amount_minor if known else 0
            if amount != refund.amount_minor:
                invoice = str(row.receipt.invoice_id) if row else ""
                waits = row is not None and row.status == Refund.Status.REQUESTED
                yield Difference(
                    "refund", refund.ref, amount, refund.amount_minor, invoice, is_under_way=waits
                )
    for ref, row in ours.items():
        yield Difference("refund", ref, row.amount_minor, 0, str(row.receipt.invoice_id))


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
