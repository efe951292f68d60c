"""How the medicine comes: one question a page, the price before the act, no script needed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from delivery import choosing
from delivery.forms.resident import PlaceForm, ReceiverForm, WayForm, WindowForm
from delivery.models import Address, DeliveryChoice, Zone
from delivery.views import draft as drafts
from delivery.views.answers import posted, says_refusals
from delivery.views.draft import Mode
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User
from portal.pages import refused
from portal.payment.models import Invoice

RESIDENT = User.Role.RESIDENT
OPEN = (Invoice.Status.DRAFT, Invoice.Status.ISSUED)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
def choose(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The first question: collect it, have it brought, or to somebody named."""
    invoice = _bill(request, pk)
    if elsewhere := _closed(request, invoice):
        return elsewhere
    form = WayForm(posted(request))
    if form.is_valid():
        kept = drafts.of(request, invoice)
        if kept.mode != form.cleaned_data["mode"]:
            kept = drafts.Draft(str(invoice.pk), mode=form.cleaned_data["mode"])
        drafts.keep(request, kept)
        return _next(invoice, kept)
    medicines = choosing.medicines_of(invoice)
    ways = [_way(invoice, medicines, mode) for mode in Mode]
    zones = Zone.objects.visible_to(request.actor).filter(is_active=True)
    context = {"form": form, "ways": ways, "fees": sorted({zone.fee_minor for zone in zones})}
    return _page(request, "choose", invoice, 1, **context)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
def receiver(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who takes the parcel: an adult, named in advance."""
    invoice = _bill(request, pk)
    kept = drafts.of(request, invoice)
    if elsewhere := _closed(request, invoice) or _early(invoice, kept, "delivery:receiver"):
        return elsewhere
    form = ReceiverForm(posted(request), initial={"name": kept.name, "phone": kept.phone})
    if form.is_valid():
        kept.name, kept.phone = form.cleaned_data["name"], form.cleaned_data["phone"]
        drafts.keep(request, kept)
        return redirect("delivery:place", pk)
    return _page(request, "receiver", invoice, 2, form=form)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
def place(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Where: an address of the book with what bringing it there costs."""
    invoice = _bill(request, pk)
    kept = drafts.of(request, invoice)
    if elsewhere := _closed(request, invoice) or _early(invoice, kept, "delivery:place"):
        return elsewhere
    book = Address.objects.visible_to(request.actor).select_related("zone")
    form = PlaceForm(posted(request), book=book)
    if form.is_valid():
        address = form.cleaned_data["address"]
        if choosing.price(invoice, address) is not None:
            kept.address = str(address.pk)
            drafts.keep(request, kept)
            return redirect("delivery:window", pk)
        form.add_error("address", _("We do not deliver to this address yet. You can collect your medicine at the centre."))  # fmt: skip  # noqa: E501
    priced = [(address, choosing.price(invoice, address)) for address in book]
    return _page(request, "place", invoice, _at(kept, 2), form=form, book=priced, kept=kept)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
def window(request: ActorRequest, pk: UUID) -> HttpResponse:
    """When: the times that can still be promised."""
    invoice = _bill(request, pk)
    kept = drafts.of(request, invoice)
    if elsewhere := _closed(request, invoice) or _early(invoice, kept, "delivery:window"):
        return elsewhere
    spans = choosing.windows(invoice.organization)
    form = WindowForm(posted(request), spans=spans)
    if form.is_valid():
        kept.window = form.cleaned_data["window"].start.isoformat()
        drafts.keep(request, kept)
        return redirect("delivery:check", pk)
    return _page(request, "window", invoice, _at(kept, 3), form=form, spans=spans, kept=kept)


@require_http_methods(["GET", "POST"])
@role_required(RESIDENT)
@says_refusals
def check(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Everything once more with the price, and one green button; then the payment."""
    invoice = _bill(request, pk)
    kept = drafts.of(request, invoice)
    if elsewhere := _closed(request, invoice) or _early(invoice, kept, ""):
        return elsewhere
    book = Address.objects.visible_to(request.actor)
    address = book.filter(pk=kept.address).first() if kept.address else None
    spans = [span for span in choosing.windows(invoice.organization)
             if span.start.isoformat() == kept.window]  # fmt: skip
    span = spans[0] if spans else None
    if request.method == "POST":
        choice = choosing.choose(
            request.actor, invoice, kept.mode, address=address, receiver=kept.receiver(),
            window=span,
        )  # fmt: skip
        drafts.forget(request)
        return _settled(request, choice)
    return _page(request, "check", invoice, _at(kept, 4), **_summary(invoice, kept, address, span))


def _settled(request: ActorRequest, choice: DeliveryChoice) -> HttpResponse:
    """To the payment; where nothing is owed, to the order."""
    invoice = Invoice.objects.visible_to(request.actor).get(pk=choice.invoice_id)
    if invoice.status == Invoice.Status.ISSUED:
        return redirect("payment:bill", invoice.pk)
    messages.success(request, _("It is settled. The centre packs it now."))
    return redirect("delivery:order", choice.pk)


def _summary(invoice: Invoice, kept: drafts.Draft, address: Any, span: Any) -> dict[str, Any]:
    fee = choosing.price(invoice, address) if address else 0
    lines = invoice.lines.filter(withdrawn_at=None).exclude(kind="delivery")
    return {
        "kept": kept,
        "mode": Mode(kept.mode).label,
        "address": address,
        "span": span,
        "fee": fee,
        "lines": lines,
        "total": sum(line.due_minor for line in lines) + (fee or 0),
    }


def _way(invoice: Invoice, medicines: list[Any], mode: Mode) -> dict[str, Any]:
    return {"mode": mode, "why_not": choosing.why_not(invoice, medicines, mode)}


def _bill(request: ActorRequest, pk: UUID) -> Invoice:
    rows = Invoice.objects.visible_to(request.actor).select_related("organization", "patient")
    return get_object_or_404(rows, pk=pk)


def _closed(request: ActorRequest, invoice: Invoice) -> HttpResponse | None:
    """Where the way was settled already, or there is nothing to bring."""
    if invoice.status not in OPEN:
        choice = DeliveryChoice.objects.visible_to(request.actor).filter(invoice=invoice).first()
        return (
            redirect("delivery:order", choice.pk) if choice
            else redirect("payment:bill", invoice.pk)
        )  # fmt: skip
    if choosing.medicines_of(invoice):
        return None
    bill = reverse("payment:bill", args=[invoice.pk])
    sentence = _("There is no medicine on this bill.")
    return refused(request, sentence, status=409, url=bill, label=_("Your bill"))


def _early(invoice: Invoice, kept: drafts.Draft, asked: str) -> HttpResponse | None:
    """A question before this one has no answer yet: that one first."""
    order = ["delivery:choose", "delivery:receiver", "delivery:place", "delivery:window", ""]
    missing = kept.missing()
    if order.index(missing) < order.index(asked):
        return redirect(missing, invoice.pk)
    return None


def _next(invoice: Invoice, kept: drafts.Draft) -> HttpResponse:
    return redirect(kept.missing() or "delivery:check", invoice.pk)


def _at(kept: drafts.Draft, number: int) -> int:
    """Which step this is on the chosen way."""
    if kept.mode == Mode.PICK_UP:
        return 2
    return number + (kept.mode == Mode.RECEIVER)


def _page(
    request: ActorRequest, name: str, invoice: Invoice, current: int, **context: Any
) -> HttpResponse:
    kept = context.get("kept") or drafts.of(request, invoice)
    context |= {"invoice": invoice, "current": current, "steps": drafts.steps(kept)}
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, f"delivery/resident/{name}.html", context, status=status)
