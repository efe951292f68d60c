"""To the cashier and back: one open checkout a bill, and one place where money arrives."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.payment import invoicing, refunding, telling
from portal.payment.cashier import cashier
from portal.payment.gateway import CheckoutState, GatewayRefused, Order
from portal.payment.models import Checkout, Invoice, Receipt
from portal.workflow import Refused

CHECKOUT_LASTS = timedelta(minutes=60)
UNHEARD_OF = timedelta(minutes=25)  # the cashier opens no page that ends within half an hour


class AmountChanged(Refused):
    """The bill changed after the page was shown; nothing has been charged."""


def checkout(actor: Actor, invoice: Invoice, seen_version: int) -> Checkout:
    """The cashier's page for this bill: a second tap or tab gets the same one.

    Raises Refused when it cannot be paid now, AmountChanged when the page was old,
    GatewayUnavailable when the cashier does not answer: nothing has been charged then.
    """
    for stale in _stale(invoice):
        close(stale)
    row = _reserve(actor, invoice, seen_version)
    return row if row.url else _ask(row)


@transaction.atomic
def _reserve(actor: Actor, invoice: Invoice, seen_version: int) -> Checkout:
    invoice = invoicing.locked(invoice)
    if invoice.status != Invoice.Status.ISSUED:
        raise Refused(_("This bill is already: %s.") % invoice.get_status_display())
    if invoice.version != seen_version:
        raise AmountChanged(_("The amount has changed. Nothing has been charged; look again."))
    row, is_new = Checkout.objects.get_or_create(
        invoice=invoice,
        status=Checkout.Status.OPEN,
        defaults={
            "invoice_version": invoice.version,
            "amount_minor": invoice.owed_minor,
            "expires_at": timezone.now() + CHECKOUT_LASTS,
        },
    )
    if row.amount_minor != invoice.owed_minor:
        raise AmountChanged(_("The amount has changed. Nothing has been charged; look again."))
    if is_new:
        journal.write(actor, "checkout", invoice, amount=row.amount_minor)
    return row


def _ask(row: Checkout) -> Checkout:
    order = Order(
        key=row.pk,
        invoice_id=row.invoice_id,
        amount_minor=row.amount_minor,
        currency=row.invoice.currency,
        title=_("Community health centre: your bill"),
        language=get_language() or "en",
        return_url=settings.BASE_URL + reverse("payment:return", args=[row.invoice_id]),
        expires_at=row.expires_at,
    )
    try:
        opened = cashier().open_checkout(order)
    except GatewayRefused:
        Checkout.objects.filter(pk=row.pk).update(status=Checkout.Status.EXPIRED)
        raise
    Checkout.objects.filter(pk=row.pk).update(gateway_ref=opened.ref, url=opened.url)
    row.refresh_from_db()
    return row


def _stale(invoice: Invoice) -> list[Checkout]:
    """Pages of the cashier that have ended, or that ask for another amount than is owed now."""
    owed = Invoice.objects.values_list("owed_minor", flat=True).get(pk=invoice.pk)
    rows = Checkout.objects.filter(invoice=invoice, status=Checkout.Status.OPEN)
    now = timezone.now()
    unheard = Q(gateway_ref="", created__lte=now - UNHEARD_OF)
    return list(rows.filter(Q(expires_at__lte=now) | ~Q(amount_minor=owed) | unheard))


def leave(actor: Actor, invoice: Invoice) -> Invoice:
    """The resident comes back without paying: the cashier's page is closed, nothing is charged."""
    for row in invoice.checkouts.filter(status=Checkout.Status.OPEN):
        close(row)
    invoice.refresh_from_db()
    return invoice


def close(row: Checkout) -> None:
    """Close a cashier's page for good; if it was paid meanwhile, the money is taken in."""
    if row.gateway_ref:
        take(row, cashier().expire_checkout(row.gateway_ref))
    else:
        Checkout.objects.filter(pk=row.pk, gateway_ref="").update(status=Checkout.Status.EXPIRED)


def settle(row: Checkout) -> None:
    """Ask the cashier what became of this checkout, and book it. Any number of times."""
    if row.gateway_ref:
        take(row, cashier().checkout(row.gateway_ref))


def take(row: Checkout, state: CheckoutState) -> None:
    """Book what the cashier says: money once, whatever the order of the news (I9)."""
    if state.is_paid:
        _receive(row.pk, state)
    elif state.status == "expired":
        Checkout.objects.filter(pk=row.pk, status=Checkout.Status.OPEN).update(
            status=Checkout.Status.EXPIRED
        )


@transaction.atomic
def _receive(checkout_id: uuid.UUID, state: CheckoutState) -> None:
    row = Checkout.objects.get(pk=checkout_id)
    invoice = invoicing.locked(row.invoice_id)
    if Receipt.objects.filter(checkout=row).exists():
        return
    if state.currency.upper() != invoice.currency:
        raise GatewayRefused(f"paid in {state.currency}")
    Receipt.objects.create(
        invoice=invoice,
        checkout=row,
        gateway_ref=state.payment_ref,
        amount_minor=state.amount_minor,
        received_at=timezone.now(),
    )
    Checkout.objects.filter(pk=row.pk).update(status=Checkout.Status.COMPLETE)
    invoice.captured_minor += state.amount_minor
    invoice.save(update_fields=["captured_minor"])
    journal.write(SYSTEM, "receive", invoice, amount=state.amount_minor)
    if invoice.status == Invoice.Status.ISSUED and invoice.captured_minor >= invoice.owed_minor:
        invoice = invoicing.balance(invoice)
        telling.resident("payment-received", invoice, f"{invoice.pk}")
    refunding.return_excess(invoice)
