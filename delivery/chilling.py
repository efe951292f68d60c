"""The cold chain: what the logger showed, and whether the parcel may still be given (R95)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from delivery import moving
from delivery.models import SupplyDelivery, TemperatureReading
from delivery.models.parcel import ENDED
from delivery.rules import limit, minutes, runs_cold_late
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.workflow import Refused

COLDEST, WARMEST = Decimal(-40), Decimal(60)  # what a logger can show


@dataclass(frozen=True, slots=True)
class Reading:
    """One point of the curve."""

    at: datetime
    celsius: Decimal


@transaction.atomic
def record(actor: Actor, parcel: SupplyDelivery, readings: list[Reading]) -> int:
    """Keep points of the curve; the same moment again is the same point. How many are new.

    Raises Refused for a parcel that is not cold or not the actor's to read.
    """
    row = moving.locked(parcel)
    if not row.is_cold or row.stage in ENDED:
        raise Refused(_("This parcel needs no temperature."))
    if actor.user_id != row.courier_id and actor.organization_id != row.organization_id:
        raise Refused(_("Another courier carries this parcel."))
    now = timezone.now()
    for reading in readings:
        if not COLDEST <= reading.celsius <= WARMEST or reading.at > now:
            raise Refused(_("This is not a temperature of now: please look at the logger again."))
    known = set(row.temperatures.values_list("at", flat=True))
    new = {point.at: point for point in readings if point.at not in known}
    TemperatureReading.objects.bulk_create(
        TemperatureReading(parcel=row, at=point.at, celsius=point.celsius, by=actor.user)
        for point in new.values()
    )
    if new:
        journal.write(actor, "read-temperature", row, count=len(new))
    return len(new)


def spoiled(parcel: SupplyDelivery, now: datetime | None = None) -> bool:
    """Was it ever too warm or too cold, or longer on the way than the box holds?"""
    if not parcel.is_cold:
        return False
    low, high = limit("cold_min_c"), limit("cold_max_c")
    outside = parcel.temperatures.exclude(celsius__gte=low, celsius__lte=high)
    return runs_cold_late(parcel, now or timezone.now()) or outside.exists()


def reading_missing(parcel: SupplyDelivery, now: datetime | None = None) -> str | None:
    """A cold parcel is given only with a fresh look at its logger."""
    if not parcel.is_cold:
        return None
    since = (now or timezone.now()) - minutes("cold_reading_minutes")
    if parcel.temperatures.filter(at__gte=since).exists():
        return None
    return _("Read the thermometer of the cold box first and type what it shows.")
