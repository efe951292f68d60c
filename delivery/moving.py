"""A parcel takes a step: its stage, who answers for it now, and the record of the step."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from delivery import ringing
from delivery.models import Custody, DeliveryStep, SupplyDelivery
from delivery.models.parcel import WITH_COURIER, Holder, Stage
from delivery.workflow import SUPPLY_DELIVERY
from portal.accounts.actor import Actor
from portal.locking import for_update
from portal.realtime import publish

HOLDERS = {
    Stage.DELIVERED: Holder.RECEIVER,
    Stage.DESTROYED: Holder.NOBODY,
    Stage.LOST: Holder.NOBODY,
    **dict.fromkeys(WITH_COURIER, Holder.COURIER),
}


@transaction.atomic
def move(
    name: str,
    parcel: SupplyDelivery,
    actor: Actor,
    *,
    step: str = "",
    at: datetime | None = None,
    place: str = "",
    **facts: Any,
) -> SupplyDelivery:
    """Take the step with everything that belongs to it, or raise Refused."""
    was, was_with = parcel.stage, parcel.courier_id
    target = SUPPLY_DELIVERY.transitions[name].target
    facts["holder"] = HOLDERS.get(Stage(target), Holder.COUNTER)
    moved: SupplyDelivery = SUPPLY_DELIVERY.apply(name, parcel, actor=actor, **facts)
    if moved.stage == was:
        return moved  # the second tap of a double tap
    now = timezone.now()
    _pass_on(moved, now)
    ringing.follow(moved)
    if step:
        where = place or str(moved.organization)[:100]
        DeliveryStep.objects.create(
            parcel=moved, name=step, at=at or now, by=actor.user, place=where
        )
    tell_the_pages(moved, was_with)
    return moved


def locked(parcel: SupplyDelivery) -> SupplyDelivery:
    """The parcel as it is now, kept still until the transaction ends."""
    rows = for_update(SupplyDelivery.objects)
    return rows.select_related("choice__patient", "organization", "patient").get(pk=parcel.pk)


def keep(parcel: SupplyDelivery, holder: str, user: Any = None) -> Custody:
    """Somebody answers for it from now on. Inside the caller's transaction."""
    return Custody.objects.create(parcel=parcel, holder=holder, user=user, since=timezone.now())


def tell_the_pages(parcel: SupplyDelivery, was_with: uuid.UUID | None = None) -> None:
    """Open pages of the resident and of the courier, also of the one before, show the new stage."""
    event = {"type": "parcel.changed", "parcel": str(parcel.pk), "stage": parcel.stage}
    for user_id in {parcel.patient.user_id, parcel.courier_id, was_with}:
        if user_id is not None:
            publish.to_person(user_id, event)


def _pass_on(parcel: SupplyDelivery, now: datetime) -> None:
    """The last one stops answering at the moment the next one begins."""
    user_id = parcel.courier_id if parcel.holder == Holder.COURIER else None
    current = Custody.objects.filter(parcel=parcel, until=None)
    if (parcel.holder, user_id) in current.values_list("holder", "user_id"):
        return
    current.update(until=now)
    Custody.objects.create(parcel=parcel, holder=parcel.holder, user_id=user_id, since=now)
