"""What the dispatch board shows: open parcels and the couriers of the centre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from delivery.models import Courier, SupplyDelivery
from delivery.models.parcel import CARRIED, Stage
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization import directory

MOST = 200  # parcels on one board


@dataclass(frozen=True, slots=True)
class Load:
    """A courier and what they carry."""

    courier: Courier
    parcels: int
    has_agreement: bool

    @property
    def is_full(self) -> bool:
        return self.parcels >= self.courier.most_parcels


def board(actor: Actor) -> dict[str, Any]:
    """The parcels that are packed or carried, and who may carry more."""
    rows = SupplyDelivery.objects.visible_to(actor).filter(stage__in=(Stage.PACKED, *CARRIED))
    rows = rows.select_related("choice__zone", "courier").order_by("window_end", "number")
    parcels = list(rows[:MOST])
    return {
        "free": [parcel for parcel in parcels if parcel.stage == Stage.PACKED],
        "carried": [parcel for parcel in parcels if parcel.stage != Stage.PACKED],
        "loads": loads(actor),
        "now": timezone.now(),
        "is_cut": len(parcels) == MOST,
    }


def couriers(actor: Actor) -> QuerySet[Courier]:
    """Who carries for the actor's centre."""
    if actor.organization_id is None:
        return Courier.objects.none()
    rows = Courier.objects.filter(organization_id=actor.organization_id, user__is_active=True)
    return rows.select_related("user", "agreement")


def loads(actor: Actor) -> list[Load]:
    """Each courier of the centre with what they have to bring or take back, the freest first."""
    carriers = list(couriers(actor))
    carried = SupplyDelivery.objects.filter(
        courier__in=[row.user_id for row in carriers], stage__in=CARRIED
    )
    counts = dict(carried.values_list("courier_id").annotate(count=Count("pk")).order_by())
    found = [_load(row, counts.get(row.user_id, 0)) for row in carriers]
    return sorted(found, key=lambda load: (load.parcels, load.courier.user.full_name))


def _load(carrier: Courier, parcels: int) -> Load:
    today = directory.today(carrier.organization_id)
    return Load(carrier, parcels, carrier.agreement.holds_on(today))


def courier_users(actor: Actor) -> QuerySet[User]:
    """The people who can be chosen on the board."""
    return User.objects.filter(pk__in=couriers(actor).values("user"))
