from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.outbox.putting import put
from portal.payment import paying, webhooks
from portal.payment.cashier import cashier
from portal.payment.forms import PayForm
from portal.payment.gateway import BadSignature, GatewayRefused, GatewayUnavailable
from portal.payment.models import Checkout, Invoice
from portal.workflow import Refused

RESIDENT = User.Role.RESIDENT
BIGGEST_EVENT = 256 * 1024


@require_GET
@role_required(RESIDENT)
def bill(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The bill with its lines, what was paid and what goes back."""
    invoice = get_object_or_404(Invoice.objects.visible_to(request.actor), pk=pk)
    return render(request, "payment/bill.html", _surroundings(invoice))


@require_POST
@role_required(RESIDENT)
def pay(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """To the cashier's page by a link (303): a second tap gets the same page."""
    invoice = get_object_or_404(Invoice.objects.visible_to(request.actor), pk=pk)
    form = PayForm(request.POST)
    if not form.is_valid():
        return _again(request, invoice, _("This page was old. Look again."), 422)
    try:
        row = paying.checkout(request.actor, invoice, form.cleaned_data["version"])
    except Refused as refusal:
        return _again(request, invoice, str(refusal), 409)
    except (GatewayUnavailable, GatewayRefused):
        return _again(request, invoice, _("The cashier does not answer. Nothing has been charged; try again in a minute."), 503)  # fmt: skip  # noqa: E501
    answer = HttpResponseRedirect(row.url)
    answer.status_code = 303
    return answer


@require_POST
@role_required(RESIDENT)
def leave(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """Back from the cashier without paying."""
    invoice = get_object_or_404(Invoice.objects.visible_to(request.actor), pk=pk)
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
    invoice = get_object_or_404(Invoice.objects.visible_to(request.actor), pk=pk)
    for row in invoice.checkouts.filter(status=Checkout.Status.OPEN):
        put("payment.settle", invoice.organization_id, lane=f"invoice:{invoice.pk}",
            payload={"checkout": str(row.pk)}, priority=1)  # fmt: skip
    return redirect("payment:bill", pk=pk)


@require_GET
@role_required(RESIDENT)
def receipt(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The receipt, to print."""
    paid = Invoice.objects.visible_to(request.actor).exclude(receipts=None)
    invoice = get_object_or_404(paid.distinct(), pk=pk)
    return render(request, "payment/receipt.html", _surroundings(invoice))


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """The cashier's signed news; anything else is refused and changes nothing."""
    if int(request.headers.get("Content-Length") or 0) > BIGGEST_EVENT:
        return HttpResponse(status=413)
    try:
        event = cashier().read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except BadSignature:
        return HttpResponse(status=400)
    webhooks.receive("stripe", event)
    return HttpResponse(status=200)


def _again(request: ActorRequest, invoice: Invoice, sentence: str, status: int) -> HttpResponse:
    invoice.refresh_from_db()
    context = _surroundings(invoice) | {"refusal": sentence}
    return render(request, "payment/bill.html", context, status=status)


def _surroundings(invoice: Invoice) -> dict[str, object]:
    receipts = invoice.receipts.prefetch_related("refunds")
    return {
        "invoice": invoice,
        "lines": invoice.lines.all(),
        "receipts": receipts,
        "refunds": [refund for receipt in receipts for refund in receipt.refunds.all()],
        "checkout": invoice.checkouts.filter(status=Checkout.Status.OPEN).first(),
    }
