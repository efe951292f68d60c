"""Somebody of the cast pays a bill at the invented cashier, as with a card on its page."""

from __future__ import annotations

from urllib.request import Request, urlopen

from django.conf import settings

from portal.accounts.actor import Actor
from portal.payment import paying
from portal.payment.gateway import GatewayRefused, GatewayUnavailable
from portal.payment.models import Invoice

WITHIN_S = 10.0


def pay(actor: Actor, bill: Invoice) -> bool:
    """Pay what is owed; False where no cashier runs, and then nothing has been charged."""
    bill.refresh_from_db()
    if bill.status != Invoice.Status.ISSUED or not settings.STRIPE_API_BASE:
        return False
    try:
        page = paying.checkout(actor, bill, bill.version)
    except (GatewayUnavailable, GatewayRefused):
        return False
    card = Request(page.url, b"act=pay")
    with urlopen(card, timeout=WITHIN_S):
        paying.settle(page)
    bill.refresh_from_db()
    return bill.status == Invoice.Status.BALANCED
