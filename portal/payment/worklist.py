"""Money on people's start pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.payment import asking
from portal.payment.models import BookDifference, Invoice, Refund
from portal.worklist import Card, home_card


@home_card("resident")
def my_bills(actor: Actor) -> Iterable[Card]:
    """A bill that can be paid stands on top; all of them are a tile."""
    rows = Invoice.objects.visible_to(actor).exclude(lines=None)
    due = list(rows.filter(status=Invoice.Status.ISSUED).distinct()[:3])
    for invoice in due:
        yield Card(
            _("A bill to pay"),
            reverse("payment:bill", args=[invoice.pk]),
            icon="file",
            when=invoice.issued_at,
            step=_("pay it, now or later; nothing has been charged yet"),
            label=_("Go to the bill"),
        )
    if due or rows.exists():
        yield Card(_("My bills"), reverse("payment:bills"), icon="file", rank=40)


@home_card("manager")
def payments(actor: Actor) -> Iterable[Card]:
    """What about money waits for a manager."""
    url = reverse("payment:ledger")
    waiting = asking.waiting(actor.organization_id)
    stuck = Refund.objects.visible_to(actor).filter(status=Refund.Status.FAILED).count()
    text = _("%(asked)s ask for money back, %(stuck)s refunds did not go through") % {
        "asked": waiting,
        "stuck": stuck,
    }
    yield Card(_("Payments"), url, icon="file", text=text, rank=20)
    open_ones = BookDifference.objects.visible_to(actor).filter(settled_at=None)
    if found := open_ones.order_by(F("found_at")).first():
        yield Card(
            _("The books and the cashier disagree"),
            reverse("payment:differences"),
            icon="warning",
            text=_("%(count)s differences") % {"count": open_ones.count()},
            when=found.found_at,
            step=_("look at each of them"),
            label=_("Open"),
        )
