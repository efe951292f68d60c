"""The limits of a delivery, and pure questions about names and places."""

from __future__ import annotations

import math
import unicodedata
from datetime import timedelta
from decimal import Decimal
from typing import Any

from delivery.models import DeliveryChoice, SupplyDelivery, Zone
from portal.accounts.models import User
from portal.terminology import parameters

EARTH_KM = 6371.0
Place = tuple[Decimal, Decimal]  # latitude, longitude


def limit(name: str) -> Any:
    """A limit of the delivery, by its short name."""
    return parameters.value(f"delivery.{name}")


def minutes(name: str) -> timedelta:
    return timedelta(minutes=limit(name))


def fee(zone: Zone, medicine_minor: int, *, is_cold: bool) -> int:
    """What bringing it costs: the zone's fee, free from the worth that the centre says."""
    if zone.free_from_minor is not None and medicine_minor >= zone.free_from_minor:
        return 0
    return zone.fee_minor + (zone.cold_extra_minor if is_cold else 0)


def same_name(said: str, known: str) -> bool:
    """Is it the name, however it was typed? A name in two scripts is known by either."""
    plain = _plain(said)
    whole = _plain(known)
    parts = {_plain(part) for part in _scripts(known)}
    return bool(plain) and plain in {whole, *parts}


def is_the_courier(courier: User, choice: DeliveryChoice) -> bool:
    """Nobody hands a parcel over to themselves (R96)."""
    if choice.patient.user_id == courier.pk:
        return True
    if choice.receiver_name and same_name(choice.receiver_name, courier.full_name):
        return True
    return bool(courier.phone) and courier.phone == choice.phone


def masked(name: str) -> str:
    """Enough of a name to ask for it at the door, not enough to know it."""
    latin, written = _scripts(name)
    return f"{(written or latin)[:1]}**" if name else ""


def kilometres(one: Place, other: Place) -> float:
    """As the crow flies."""
    lat1, lon1, lat2, lon2 = (math.radians(float(part)) for part in (*one, *other))
    part = math.sin((lat2 - lat1) / 2) ** 2
    part += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(part))


def place_of(choice: DeliveryChoice) -> Place | None:
    """Where it goes: the address's own point, else the middle of its neighbourhood."""
    for row in (choice, choice.zone):
        if row is not None and row.latitude is not None and row.longitude is not None:
            return row.latitude, row.longitude
    return None


def runs_cold_late(parcel: SupplyDelivery, now: Any) -> bool:
    """The box holds the cold for so long and no longer (R95)."""
    return bool(parcel.out_at) and now - parcel.out_at > minutes("cold_budget_minutes")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def _scripts(name: str) -> tuple[str, str]:
    """The part in Latin letters, and the rest."""
    latin = [word for word in name.split() if word[:1].isascii()]
    return " ".join(latin), " ".join(word for word in name.split() if word not in latin)
