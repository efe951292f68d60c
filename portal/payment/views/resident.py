"""A resident's bills: one list, each bill with its state in a sentence, to the cashier and back."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.outbox.putting import put
from portal.payment import asking, looking, paying
from portal.payment.forms import PayForm, WordsForm
from portal.payment.gateway import GatewayRefused, GatewayUnavailable
from portal.payment.models import ChargeItem, Checkout, Invoice
from portal.workflow import Refused

RESIDENT = User.Role.RESIDENT
SHOWN = 20
LOOK_AGAIN_S = 3


@require_GET
@role_required(RESIDENT)
def bills(request: ActorRequest) -> HttpResponse:
    """Every bill, the newest first."""
    mine = looking.with_something_on_it(Invoice.objects.visible_to(request.actor))
    pages = Paginator(mine.prefetch_related("lines"), SHOWN)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "payment/bills.html", {"page": page})


@require_GET
@role_required(RESIDENT)
def bill(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The bill with its lines, what was paid and what goes back."""
    invoice = get_object_or_404(_mine(request), pk=pk)
    context = looking.whole(invoice)
    answer = _page(request, context)
    if "checked" in request.GET and context["checkout"] and invoice.status == "issued":
        answer["Refresh"] = str(LOOK_AGAIN_S)
    return answer


@require_POST
@role_required(RESIDENT)
def pay(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """To the cashier's page by a link (303): a second tap gets the same page."""
    invoice = get_object_or_404(_mine(request), pk=pk)
    if invoice.status == Invoice.Status.BALANCED:
        messages.info(request, _("This bill is paid already. You are not charged again."))
        return redirect("payment:bill", pk)
    form = PayForm(request.POST)
    if not form.is_valid():
        return _again(request, invoice, _("This page was old. Look again."), 422)
    try:
        row = paying.checkout(request.actor, invoice, form.cleaned_data["version"])
    except Refused as refusal:
        return _again(request, invoice, str(refusal), 409)
    except (GatewayUnavailable, GatewayRefused):
        return _again(request, invoice, _silent(invoice), 503)
    return _see_other(row.url)


@require_POST
@role_required(RESIDENT)
def leave(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Back from the cashier without paying."""
    invoice = get_object_or_404(_mine(request), pk=pk)
    try:
        invoice = paying.leave(request.actor, invoice)
    except (GatewayUnavailable, GatewayRefused):
        return _again(request, invoice, _("The cashier does not answer. The payment page closes by itself within the hour."), 503)  # fmt: skip  # noqa: E501
    if invoice.status == Invoice.Status.ISSUED:
        messages.info(request, _("Nothing has been charged."))
    return redirect("payment:bill", pk=pk)


@require_GET
@role_required(RESIDENT)
def returned(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Where the cashier's page leads back to: the truth is asked for, not assumed."""
    invoice = get_object_or_404(_mine(request), pk=pk)
    for row in invoice.checkouts.filter(status=Checkout.Status.OPEN):
        try:
            paying.settle(row)
        except (GatewayUnavailable, GatewayRefused):
            put("payment.settle", invoice.organization_id, lane=f"invoice:{invoice.pk}",
                payload={"checkout": str(row.pk)}, priority=1)  # fmt: skip
    return redirect(reverse("payment:bill", args=[pk]) + "?checked=1")


@require_GET
@role_required(RESIDENT)
def receipt(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The receipt, to print."""
    paid = _mine(request).exclude(receipts=None)
    invoice = get_object_or_404(paid.distinct(), pk=pk)
    return render(request, "payment/receipt.html", looking.whole(invoice))


@require_POST
@role_required(RESIDENT)
def ask_back(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The resident asks for the money of one line back; the centre answers on the bill."""
    line = get_object_or_404(ChargeItem.objects.visible_to(request.actor), pk=pk)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _again(request, line.invoice, _("Please write why you ask for it."), 422)
    try:
        asking.ask(request.actor, line, form.cleaned_data["words"])
    except Refused as refusal:
        return _again(request, line.invoice, str(refusal), 409)
    messages.success(request, _("The centre has your question and answers on this bill."))
    return redirect("payment:bill", line.invoice_id)


def _mine(request: ActorRequest) -> looking.QuerySet[Invoice]:
    rows = Invoice.objects.visible_to(request.actor)
    return rows.select_related("organization", "patient")


def _silent(invoice: Invoice) -> str:
    """What is true while the cashier does not answer: an older page of it may have been paid."""
    shown = invoice.checkouts.filter(status=Checkout.Status.OPEN).exclude(gateway_ref="")
    if shown.exists():
        return _("The cashier does not answer, and your payment is being checked. Do not pay again; look here in a minute.")  # fmt: skip  # noqa: E501
    return _("The cashier does not answer. Nothing has been charged; try again in a minute.")


def _see_other(url: str) -> HttpResponse:
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return answer


def _again(request: ActorRequest, invoice: Invoice, sentence: str, status: int) -> HttpResponse:
    invoice.refresh_from_db()
    context = looking.whole(invoice) | {"refusal": sentence}
    return _page(request, context, status)


def _page(request: ActorRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The bill; its form may lead to the cashier, which the content policy has to know."""
    answer = render(request, "payment/bill.html", context, status=status)
    answer.leads_to = settings.CASHIER_PAGES  # type: ignore[attr-defined]
    return answer
