"""Parcels on people's start pages, and where a courier starts."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delivery import narrating
from delivery.models import DeliveryChoice, RefundOrReplace, SupplyDelivery
from portal.accounts.actor import Actor
from portal.payment.models import ChargeItem, Invoice
from portal.worklist import Card, home_card, start_page

MOST = 3  # orders on top of the home page

start_page("courier", "delivery:pool")


@home_card("manager")
def to_dispatch(actor: Actor) -> Iterable[Card]:
    """How many parcels nobody carries yet."""
    free = SupplyDelivery.objects.free(actor).count()
    text = ngettext(
        "%(count)s parcel without a courier", "%(count)s parcels without a courier", free
    )
    yield Card(_("Dispatch"), reverse("delivery:board"), icon="next", text=text % {"count": free})


@home_card("resident")
def my_orders(actor: Actor) -> Iterable[Card]:
    """What has to be chosen, and what is under way, on top; all of them behind a tile."""
    yield from _to_choose(actor)
    choices = DeliveryChoice.objects.visible_to(actor).select_related("invoice", "organization")
    mine = list(choices.exclude(invoice__status=Invoice.Status.CANCELLED)[:MOST])
    yield from (_card(story) for story in narrating.stories(mine) if not story.is_over)
    if mine:
        text = _("Where they are, and your addresses")
        yield Card(_("My parcels"), reverse("delivery:orders"), icon="parcel", text=text, rank=20)


@home_card("pharmacist", "manager")
def not_arrived(actor: Actor) -> Iterable[Card]:
    """How many parcels did not arrive and wait for a decision."""
    waiting = RefundOrReplace.objects.visible_to(actor).waiting().count()
    text = _("%(count)s to decide: pay back or send again") % {"count": waiting}
    url = reverse("delivery:counter")
    yield Card(_("Parcels that came back"), url, icon="parcel", text=text)


def _to_choose(actor: Actor) -> Iterable[Card]:
    """Medicine that was passed, and nobody knows yet how it shall come."""
    bills = Invoice.objects.visible_to(actor).filter(
        status=Invoice.Status.DRAFT, lines__kind=ChargeItem.Kind.MEDICINE
    )
    for bill in bills.distinct().order_by("created")[:MOST]:
        yield Card(
            _("Your medicine is ready to be ordered"),
            reverse("delivery:choose", args=[bill.pk]),
            icon="pill",
            when=bill.created,
            text=_("Nothing has been charged yet."),
            step=_("choose how you receive it, then pay once"),
            label=_("Choose"),
        )


def _card(story: narrating.Story) -> Card:
    texts = [line.sentence for line in story.lines]
    return Card(
        _("Your medicine is under way"),
        reverse("delivery:order", args=[story.choice.pk]),
        icon="parcel",
        when=story.start or story.choice.chosen_at,
        text=story.why_late or (texts[0] if texts else ""),
        step=story.next_step,
        label=_("See where it is"),
        code=story.code,
    )
