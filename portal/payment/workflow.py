"""The states of an invoice and of a refund."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.payment.models import Checkout, Invoice, Refund, RefundRequest
from portal.workflow import Transition, Workflow, anyone

DRAFT, ISSUED, BALANCED, CANCELLED = Invoice.Status
REQUESTED, SUCCEEDED, FAILED = Refund.Status


def nothing_to_pay_for(actor: Actor, invoice: Invoice) -> str | None:
    if not invoice.lines.exists():
        return _("There is nothing on this bill yet.")
    return None


def still_at_the_cashier(actor: Actor, invoice: Invoice) -> str | None:
    if invoice.checkouts.filter(status=Checkout.Status.OPEN).exists():
        return _("A payment is under way. Finish it or wait until it closes.")
    return None


def not_fully_paid(actor: Actor, invoice: Invoice) -> str | None:
    if invoice.captured_minor < invoice.owed_minor:
        return _("This bill has not been paid in full.")
    return None


def not_the_manager(actor: Actor, request: RefundRequest) -> str | None:
    if actor.role != User.Role.MANAGER or actor.organization_id != request.organization_id:
        return _("Only a manager of this centre can do this.")
    return None


def the_same_person(actor: Actor, request: RefundRequest) -> str | None:
    """Above the limit nobody decides alone."""
    if request.needs_second and actor.user_id == request.proposed_by_id:
        return _("Above the limit a second manager has to agree.")
    return not_the_manager(actor, request)


INVOICE = Workflow(
    "invoice",
    Transition("issue", (DRAFT,), ISSUED, nothing_to_pay_for),
    Transition("reopen", (ISSUED,), DRAFT, still_at_the_cashier),
    Transition("balance", (ISSUED,), BALANCED, not_fully_paid),
    Transition("cancel", (DRAFT, ISSUED), CANCELLED, anyone),
)

REFUND = Workflow(
    "refund",
    Transition("succeed", (REQUESTED, FAILED), SUCCEEDED, anyone),
    Transition("fail", (REQUESTED,), FAILED, anyone),
)

REFUND_REQUEST = Workflow(
    "refund-request",
    Transition("propose", (RefundRequest.Status.ASKED,), RefundRequest.Status.PROPOSED,
               not_the_manager),
    Transition("approve", (RefundRequest.Status.PROPOSED,), RefundRequest.Status.APPROVED,
               the_same_person),
    Transition("decline", (RefundRequest.Status.ASKED, RefundRequest.Status.PROPOSED),
               RefundRequest.Status.DECLINED, not_the_manager),
)  # fmt: skip
