"""What a page of money shows: a bill with everything on it, a list, a status and no more."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.payment.models import ChargeItem, Checkout, Invoice, Refund, RefundRequest


@dataclass(frozen=True, slots=True)
class Step:
    """What comes before a bill can be paid: choosing the delivery, the visit itself."""

    label: str
    url: str


_steps: list[Callable[[Invoice], Step | None]] = []


def before_paying(hook: Callable[[Invoice], Step | None]) -> Callable[[Invoice], Step | None]:
    """Register a service's own step for bills that are still being put together."""
    if hook not in _steps:
        _steps.append(hook)
    return hook


def steps(invoice: Invoice) -> Iterator[Step]:
    """Where the resident goes on with a bill that cannot be paid yet."""
    for hook in _steps if invoice.status == Invoice.Status.DRAFT else []:
        if step := hook(invoice):
            yield step


def whole(invoice: Invoice) -> dict[str, Any]:
    """A bill with its lines, its payments and what goes back."""
    receipts = list(invoice.receipts.prefetch_related("refunds"))
    lines = list(invoice.lines.all())
    asked = RefundRequest.objects.filter(line__in=lines).select_related("line")
    return {
        "invoice": invoice,
        "lines": lines,
        "fund": sum(line.fund_minor for line in lines if not line.withdrawn_at),
        "account": sum(line.personal_account_minor for line in lines if not line.withdrawn_at),
        "receipts": receipts,
        "refunds": [refund for receipt in receipts for refund in receipt.refunds.all()],
        "checkout": invoice.checkouts.filter(status=Checkout.Status.OPEN).first(),
        "asked": list(asked),
        "steps": list(steps(invoice)),
    }


def with_something_on_it(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Bills that say something: an open bill without a line is not one yet."""
    lines = ChargeItem.objects.filter(invoice=OuterRef("pk"))
    return rows.filter(~Q(status=Invoice.Status.DRAFT) | Exists(lines))


STATES: dict[str, Q] = {
    "to-pay": Q(status=Invoice.Status.ISSUED),
    "paid": Q(status=Invoice.Status.BALANCED),
    "back": Q(receipts__refunds__isnull=False),
    "stuck": Q(receipts__refunds__status=Refund.Status.FAILED),
    "asked": Q(lines__refund_requests__status__in=("asked", "proposed")),
}


def in_state(rows: QuerySet[Invoice], state: str) -> QuerySet[Invoice]:
    """The manager's list, narrowed to one state; an unknown word narrows nothing."""
    return rows.filter(STATES[state]).distinct() if state in STATES else rows


def status_of(actor: Actor, pk: uuid.UUID) -> Invoice | None:
    """A bill whose state, and nothing else, this doctor or pharmacist may know."""
    if actor.user_id is None or actor.organization_id is None:
        return None
    rows = Invoice.objects.filter(pk=pk, organization_id=actor.organization_id)
    if actor.role == User.Role.DOCTOR:
        return rows.filter(patient__general_practitioner__user_id=actor.user_id).first()
    return rows.first() if actor.role == User.Role.PHARMACIST else None
