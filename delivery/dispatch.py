"""Who carries what: claimed or assigned, one courier a parcel, and the order of the run."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from delivery import moving, rules
from delivery.models import Courier, SupplyDelivery
from delivery.models.parcel import CARRIED, Stage
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.locking import for_update
from portal.workflow import Refused

ON_THE_RUN = (Stage.ASSIGNED, Stage.OUT, Stage.RESCHEDULED)


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a run, with what its courier may know while the parcel is theirs."""

    parcel: SupplyDelivery
    name: str  # masked
    line: str
    area: str
    geo: str
    kilometres: float | None  # from the stop before


def claim(actor: Actor, parcel: SupplyDelivery) -> SupplyDelivery:
    """The courier takes a free parcel for themselves. Raises Refused."""
    if actor.user is None:
        raise Refused(_("Only a courier of this centre can do this."))
    return assign(actor, parcel, actor.user)


@transaction.atomic
def assign(actor: Actor, parcel: SupplyDelivery, courier: User) -> SupplyDelivery:
    """This courier carries it from now on; the first of two gets it. Raises Refused."""
    if actor.role == User.Role.COURIER and courier.pk != actor.user_id:
        raise Refused(_("A courier takes parcels only for themselves."))
    carrier = for_update(Courier.objects).filter(user=courier).first()
    row = moving.locked(parcel)
    if row.stage == Stage.PACKED and (refusal := cannot_carry(carrier, row)):
        raise Refused(refusal)
    return moving.move("assign", row, actor, courier=courier)


@transaction.atomic
def reassign(actor: Actor, parcel: SupplyDelivery, courier: User) -> SupplyDelivery:
    """This courier, also instead of one who has not collected it yet. Raises Refused."""
    for_update(Courier.objects).filter(user=courier).first()
    row = moving.locked(parcel)
    if row.stage == Stage.ASSIGNED and row.courier_id != courier.pk:
        row = moving.move("release", row, actor, courier=None)
    return assign(actor, row, courier)


@transaction.atomic
def release(actor: Actor, parcel: SupplyDelivery) -> SupplyDelivery:
    """Nobody carries it: it is free again. Raises Refused."""
    return moving.move("release", moving.locked(parcel), actor, courier=None)


def cannot_carry(carrier: Courier | None, parcel: SupplyDelivery) -> str | None:
    """Why this courier may not carry this parcel; None when they may (R91, R95, R96)."""
    today = parcel.organization.today()
    if carrier is None or carrier.organization_id != parcel.organization_id:
        return _("Only a courier of this centre can do this.")
    if not carrier.user.is_active or not carrier.agreement.holds_on(today):
        return _("There is no valid agreement with this courier's carrier.")
    zones = carrier.zones.all()
    if zones and parcel.choice.zone not in zones:
        return _("This neighbourhood is not on the courier's round.")
    if parcel.is_cold and not carrier.carries_cold:
        return _("This parcel has to stay cold: it needs a courier with a cold box.")
    if rules.is_the_courier(carrier.user, parcel.choice):
        return _("Nobody hands a parcel over to themselves.")
    if load_of(carrier) >= carrier.most_parcels:
        return _("The courier carries %(count)s parcels already.") % {"count": carrier.most_parcels}
    return None


def load_of(carrier: Courier) -> int:
    """How many parcels the courier has to bring or to take back."""
    return SupplyDelivery.objects.filter(courier_id=carrier.user_id, stage__in=CARRIED).count()


def pool(actor: Actor) -> QuerySet[SupplyDelivery]:
    """Free parcels on the courier's round, by promise; of the address only the area is shown."""
    rows = SupplyDelivery.objects.free(actor).select_related("choice__zone")
    carrier = Courier.objects.filter(user=actor.user).first() if actor.user else None
    zones = list(carrier.zones.all()) if carrier else []
    if zones:
        rows = rows.filter(choice__zone__in=zones)
    if carrier and not carrier.carries_cold:
        rows = rows.filter(is_cold=False)
    return rows.order_by("window_end", "number")


def run_sheet(actor: Actor, start: rules.Place | None = None) -> list[Stop]:
    """The courier's doors: by promise, and inside one promise always the nearest next."""
    rows = SupplyDelivery.objects.filter(courier_id=actor.user_id, stage__in=ON_THE_RUN)
    rows = rows.select_related("choice__zone", "patient").order_by("window_end", "number")
    waiting, run, here = list(rows), list[Stop](), start
    while waiting:
        promise = waiting[0].window_end
        near = [parcel for parcel in waiting if parcel.window_end == promise]
        parcel = min(near, key=lambda row: _distance(here, row))
        waiting.remove(parcel)
        place = rules.place_of(parcel.choice)
        run.append(stop(parcel, here))
        here = place or here
    return run


def stop(parcel: SupplyDelivery, before: rules.Place | None = None) -> Stop:
    """What the courier of this parcel may read of it; never a medicine."""
    choice, place = parcel.choice, rules.place_of(parcel.choice)
    return Stop(
        parcel=parcel,
        name=rules.masked(choice.receiver_name or parcel.patient.name),
        line=choice.line,
        area=choice.zone.name if choice.zone else "",
        geo=geo(parcel),
        kilometres=rules.kilometres(before, place) if before and place else None,
    )


def geo(parcel: SupplyDelivery) -> str:
    """A link that the telephone's own map opens."""
    choice = parcel.choice
    label = quote(choice.line)
    if choice.latitude is None or choice.longitude is None:
        return f"geo:0,0?q={label}"
    return f"geo:{choice.latitude},{choice.longitude}?q={choice.latitude},{choice.longitude}"


def _distance(here: rules.Place | None, parcel: SupplyDelivery) -> tuple[float, str]:
    place = rules.place_of(parcel.choice)
    far = rules.kilometres(here, place) if here and place else 0.0
    return far, parcel.number
