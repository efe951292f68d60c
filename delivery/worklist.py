"""Where a courier starts, and what waits on the dispatch board."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delivery.models import SupplyDelivery
from portal.accounts.actor import Actor
from portal.worklist import Card, home_card, start_page

start_page("courier", "delivery:pool")


@home_card("manager")
def to_dispatch(actor: Actor) -> Iterable[Card]:
    """How many parcels nobody carries yet."""
    free = SupplyDelivery.objects.free(actor).count()
    text = ngettext(
        "%(count)s parcel without a courier", "%(count)s parcels without a courier", free
    )
    yield Card(_("Dispatch"), reverse("delivery:board"), icon="next", text=text % {"count": free})
