"""The manager's payments: every bill of the centre, waivers, refunds and what does not add up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.payment import asking, invoicing, looking, refunding
from portal.payment.forms import AmountForm, RefundForm, WordsForm
from portal.payment.models import BookDifference, ChargeItem, Invoice, Refund, RefundRequest
from portal.workflow import Refused

MANAGER = User.Role.MANAGER
SHOWN = 50


@require_GET
@role_required(MANAGER)
def ledger(request: ActorRequest) -> HttpResponse:
    """Every bill of the centre, the newest first; one state at a time where asked."""
    state = request.GET.get("state", "")
    rows = looking.with_something_on_it(Invoice.objects.visible_to(request.actor))
    rows = looking.in_state(rows, state).select_related("patient")
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "states": _states()}
    return render(request, "payment/manager/ledger.html", context)


@require_GET
@role_required(MANAGER)
def ledger_bill(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """One bill with what can be done about it."""
    return _bill(request, get_object_or_404(Invoice.objects.visible_to(request.actor), pk=pk))


@require_POST
@role_required(MANAGER, verb=True)
def waive(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the resident for less on an unpaid line."""
    line = get_object_or_404(ChargeItem.objects.visible_to(request.actor), pk=pk)
    form = AmountForm(request.POST)
    if not form.is_valid():
        return _bill(request, line.invoice, form=form)
    words = form.cleaned_data["words"]
    deed = lambda: invoicing.waive(request.actor, line, form.minor, words)  # noqa: E731
    return _done(request, line.invoice, deed, _("Waived. The resident sees it on the bill."))


@require_POST
@role_required(MANAGER, verb=True)
def refund(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Pay back part of a paid line; above the limit a second manager has to agree."""
    line = get_object_or_404(ChargeItem.objects.visible_to(request.actor), pk=pk)
    form = RefundForm(request.POST)
    if not form.is_valid():
        return _bill(request, line.invoice, form=form)
    given = form.cleaned_data
    try:
        row = asking.propose(request.actor, line, form.minor, given["reason"], given["words"])
    except Refused as refusal:
        return _bill(request, line.invoice, refusal=str(refusal), status=409)
    told = _("The money is on its way back.")
    if row.status == RefundRequest.Status.PROPOSED:
        told = _("Above the limit: it goes back once a second manager agrees.")
    messages.success(request, told)
    return redirect("payment:ledger_bill", line.invoice_id)


@require_POST
@role_required(MANAGER, verb=True)
def agree(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The second person agrees."""
    row = get_object_or_404(RefundRequest.objects.visible_to(request.actor), pk=pk)
    deed = lambda: asking.approve(request.actor, row)  # noqa: E731
    return _done(request, row.line.invoice, deed, _("The money is on its way back."))


@require_POST
@role_required(MANAGER, verb=True)
def decline(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Not agreed, and why."""
    row = get_object_or_404(RefundRequest.objects.visible_to(request.actor), pk=pk)
    form = WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    deed = lambda: asking.decline(request.actor, row, words)  # noqa: E731
    return _done(request, row.line.invoice, deed, _("Declined, with your words."))


@require_POST
@role_required(MANAGER, verb=True)
def retry(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the cashier anew for a refund that did not go through."""
    row = get_object_or_404(Refund.objects.visible_to(request.actor), pk=pk)
    deed = lambda: refunding.again(request.actor, row)  # noqa: E731
    return _done(request, row.receipt.invoice, deed, _("The money is on its way back."))


@require_GET
@role_required(MANAGER)
def differences(request: ActorRequest) -> HttpResponse:
    """What the nightly look found, open ones first."""
    rows = BookDifference.objects.visible_to(request.actor)
    context = {"open": rows.filter(settled_at=None), "past": rows.exclude(settled_at=None)[:SHOWN]}
    return render(request, "payment/manager/differences.html", context)


def _done(
    request: ActorRequest, invoice: Invoice, deed: Callable[[], object], told: str
) -> HttpResponse:
    try:
        deed()
    except Refused as refusal:
        return _bill(request, invoice, refusal=str(refusal), status=409)
    messages.success(request, told)
    return redirect("payment:ledger_bill", invoice.pk)


def _bill(
    request: ActorRequest, invoice: Invoice, *, form: Any = None, refusal: str = "", status: int = 0
) -> HttpResponse:
    invoice.refresh_from_db()
    context = looking.whole(invoice) | {
        "form": form,
        "refusal": refusal,
        "reasons": RefundForm().fields["reason"].choices,  # type: ignore[attr-defined]
        "is_unpaid": invoice.status in (Invoice.Status.DRAFT, Invoice.Status.ISSUED),
    }
    code = status or (422 if form is not None else 200)
    return render(request, "payment/manager/bill.html", context, status=code)


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("All")),
        ("to-pay", _("to be paid")),
        ("paid", _("paid")),
        ("back", _("money back")),
        ("asked", _("asked for")),
        ("stuck", _("did not go through")),
    ]
