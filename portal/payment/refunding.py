"""Money back: line by line, never more than was taken, asked of the cashier once."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.outbox.putting import put
from portal.payment import invoicing, telling
from portal.payment.cashier import cashier
from portal.payment.gateway import GatewayRefused, RefundState
from portal.payment.models import ChargeItem, Checkout, Invoice, Receipt, Refund, RefundLine
from portal.payment.workflow import INVOICE, REFUND
from portal.workflow import Refused

MEDICINE = ChargeItem.Kind.MEDICINE
LIVE = (Refund.Status.REQUESTED, Refund.Status.SUCCEEDED)


@transaction.atomic
def refund_row(actor: Actor, row: Any, reason: str) -> list[Refund]:
    """Nothing is owed for `row` any more: unpaid lines fall away, paid ones go back in full.

    Where no medicine is left on the bill, there is nothing to deliver either.
    """
    return [refund for line in invoicing.lines_of(row) for refund in _drop(actor, line, reason)]


def _drop(actor: Actor, line: ChargeItem, reason: str) -> list[Refund]:
    invoice = invoicing.locked(line.invoice)
    now = ChargeItem.objects.filter(pk=line.pk, withdrawn_at=None).first()
    if now is None:
        return []
    if invoice.status == Invoice.Status.DRAFT:
        now.delete()
        invoicing.recount(invoice)
        journal.write(actor, "withdraw", invoice, kind=line.kind, reason=reason)
        refunds = []
    else:
        _withdraw(now, reason)
        refunds = return_excess(_without(actor, invoice), actor, reason)
    left = invoice.lines.filter(withdrawn_at=None)
    if line.kind == MEDICINE and not left.filter(kind=MEDICINE).exists():
        for delivery in left.filter(kind=ChargeItem.Kind.DELIVERY):
            refunds += _drop(actor, delivery, "no-medicine")
    return refunds


def _withdraw(line: ChargeItem, reason: str) -> None:
    line.withdrawn_at, line.withdrawn_reason = timezone.now(), reason
    line.save(update_fields=["withdrawn_at", "withdrawn_reason"])


def _without(actor: Actor, invoice: Invoice) -> Invoice:
    """An unpaid bill with a line fewer; the cashier's page of the old amount is closed."""
    if invoice.status != Invoice.Status.ISSUED:
        return invoice
    is_empty = not invoice.lines.filter(withdrawn_at=None).exists()
    open_page = invoice.checkouts.filter(status=Checkout.Status.OPEN).first()
    invoicing.recount(invoice)
    if is_empty:
        invoice = INVOICE.apply("cancel", invoice, actor=actor)
    if open_page:
        put("payment.close", invoice.organization_id, lane=f"invoice:{invoice.pk}",
            payload={"checkout": str(open_page.pk)}, priority=1)  # fmt: skip
    return invoice


@transaction.atomic
def refund_line(
    actor: Actor, line: ChargeItem, amount_minor: int, reason: str, key: uuid.UUID
) -> Refund:
    """Pay back part or all of one paid line. The same `key` again is the same refund.

    Raises Refused for more than is left of the line, and for a known key with another amount.
    """
    invoice = invoicing.locked(line.invoice)
    if known := Refund.objects.filter(key=key).first():
        if known.amount_minor != amount_minor or not known.lines.filter(line=line).exists():
            raise Refused(_("This refund was already asked for with another amount."))
        return known
    if line.withdrawn_at or not 0 < amount_minor <= refundable(line):
        raise Refused(_("No more than what is left of this line can be paid back."))
    receipt = next((r for r in invoice.receipts.all() if left_of(r) >= amount_minor), None)
    if receipt is None:
        raise Refused(_("This line has not been paid."))
    refund = _ask(actor, receipt, amount_minor, reason, key)
    RefundLine.objects.create(refund=refund, line=line, amount_minor=amount_minor)
    return refund


def refundable(line: ChargeItem) -> int:
    """What is left of a line, in minor units."""
    lines = RefundLine.objects.filter(line=line, refund__status__in=LIVE)
    return line.due_minor - (lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def left_of(receipt: Receipt) -> int:
    """What of a payment has not been sent back, in minor units."""
    asked = receipt.refunds.filter(status__in=LIVE).aggregate(sum=Sum("amount_minor"))["sum"]
    return receipt.amount_minor - (asked or 0)


def return_excess(
    invoice: Invoice, actor: Actor = SYSTEM, reason: str = "not-owed"
) -> list[Refund]:
    """Send back what arrived and is not owed: withdrawn lines, or money after a cancellation."""
    if invoice.status == Invoice.Status.ISSUED:
        return []
    lines = list(invoice.lines.all()) if invoice.status == Invoice.Status.BALANCED else []
    keep = sum(refundable(line) for line in lines if line.withdrawn_at is None)
    receipts = list(invoice.receipts.all())
    excess = sum(left_of(receipt) for receipt in receipts) - keep
    refunds = []
    for receipt in receipts:
        part = min(excess, left_of(receipt))
        if part > 0:
            refunds.append(_ask(actor, receipt, part, reason, uuid.uuid4()))
            excess -= part
    _share_out(refunds, [line for line in lines if line.withdrawn_at])
    return refunds


def _share_out(refunds: list[Refund], lines: list[ChargeItem]) -> None:
    """Say which withdrawn line each refund belongs to."""
    for refund in refunds:
        left = refund.amount_minor
        for line in lines:
            part = min(left, refundable(line))
            if part > 0:
                RefundLine.objects.create(refund=refund, line=line, amount_minor=part)
                left -= part


def _ask(actor: Actor, receipt: Receipt, amount_minor: int, reason: str, key: uuid.UUID) -> Refund:
    refund = Refund.objects.create(
        key=key, receipt=receipt, amount_minor=amount_minor, reason=reason, requested_by=actor.user
    )
    journal.write(actor, "refund", refund, after=refund.status, amount=amount_minor, reason=reason)
    put("payment.refund", refund.organization_id, lane=f"invoice:{receipt.invoice_id}",
        payload={"refund": str(refund.pk)}, key=key, priority=2)  # fmt: skip
    telling.resident("refund-begun", receipt.invoice, str(refund.pk))
    return refund


def pay_back(refund: Refund) -> Refund:
    """Ask the cashier once: a refund whose answer was lost is looked for before it is repeated."""
    payment = refund.receipt.gateway_ref
    state = cashier().find_refund(payment, refund.key)
    if state is None:
        try:
            state = cashier().refund(payment, refund.amount_minor, refund.key)
        except GatewayRefused:
            state = RefundState("", "failed", refund.amount_minor, str(refund.key))
    return observe(refund, state)


@transaction.atomic
def observe(refund: Refund, state: RefundState) -> Refund:
    """Book what the cashier says of a refund; any number of times, in any order."""
    invoice = invoicing.locked(refund.receipt.invoice_id)
    refund.refresh_from_db()
    if state.status == "succeeded" and refund.status != Refund.Status.SUCCEEDED:
        refund = REFUND.apply("succeed", refund, actor=SYSTEM, gateway_ref=state.ref,
                              settled_at=timezone.now())  # fmt: skip
        invoice.refunded_minor = F("refunded_minor") + refund.amount_minor
        invoice.save(update_fields=["refunded_minor"])
        telling.resident("refund-done", invoice, str(refund.pk))
    elif state.status == "failed" and refund.status == Refund.Status.REQUESTED:
        refund = REFUND.apply("fail", refund, actor=SYSTEM, gateway_ref=state.ref)
        telling.resident("refund-failed", invoice, str(refund.pk))
        telling.managers("refund-stuck", invoice, str(refund.pk))
    elif state.status == "pending" and not refund.gateway_ref:
        refund.gateway_ref = state.ref  # by this name the cashier's news will speak of it
        refund.save(update_fields=["gateway_ref"])
    return refund


@transaction.atomic
def again(actor: Actor, refund: Refund) -> Refund:
    """Ask anew for a refund that did not go through. Raises Refused; twice is once."""
    invoicing.locked(refund.receipt.invoice_id)
    refund.refresh_from_db()
    parts = list(refund.lines.select_related("line"))
    is_open = all(refundable(part.line) >= part.amount_minor for part in parts)
    if refund.status != Refund.Status.FAILED or left_of(refund.receipt) < refund.amount_minor:
        is_open = False
    if not is_open:
        raise Refused(_("This refund is under way already."))
    anew = _ask(actor, refund.receipt, refund.amount_minor, refund.reason, uuid.uuid4())
    for part in parts:
        RefundLine.objects.create(refund=anew, line=part.line, amount_minor=part.amount_minor)
    return anew
