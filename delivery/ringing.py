"""The courier rings the receiver through a number lent for this parcel, and never theirs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from delivery.models import CallNumber, Courier, SupplyDelivery
from delivery.models.parcel import CARRIED
from delivery.rules import limit
from portal.accounts.actor import Actor
from portal.notification import lending
from portal.outbox.models import OutboxMessage
from portal.outbox.putting import put


def follow(parcel: SupplyDelivery) -> None:
    """Lent to whoever carries it now, withdrawn from whoever did. Under the parcel's lock."""
    holder = parcel.courier_id if parcel.stage in CARRIED else None
    lent = CallNumber.objects.filter(parcel=parcel, withdrawn_at=None)
    for row in lent.exclude(courier_id=holder):
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        _put("relay.withdraw", row)
    if holder is None or not _has_both_ends(parcel) or lent.exists():
        return
    until = max(timezone.now(), parcel.window_end) + timedelta(hours=limit("relay_hours"))
    _put("relay.lend", CallNumber.objects.create(parcel=parcel, courier_id=holder, until=until))


def ask(message: OutboxMessage) -> SupplyDelivery | None:
    """Ask the relay for the number; the parcel, when its courier can ring now."""
    row = _row(message)
    if row.withdrawn_at is not None:
        return None
    caller = Courier.objects.get(user=row.courier_id).phone
    number = lending.lend(row.pk, caller, row.parcel.choice.phone, row.until)
    CallNumber.objects.filter(pk=row.pk).update(number=number)
    return row.parcel


def withdraw(message: OutboxMessage) -> None:
    """The parcel has left this courier: the number rings nobody any more."""
    lending.take_back(_row(message).pk)


def numbers(actor: Actor, parcels: Collection[UUID]) -> dict[UUID, str]:
    """What this courier may dial for these parcels; nothing while the relay is silent."""
    rows = CallNumber.objects.filter(
        parcel__in=parcels, courier_id=actor.user_id, withdrawn_at=None, until__gt=timezone.now()
    )
    return dict(rows.exclude(number="").values_list("parcel_id", "number"))


def _has_both_ends(parcel: SupplyDelivery) -> bool:
    if not lending.is_here() or not parcel.choice.phone:
        return False
    carrier = Courier.objects.filter(user=parcel.courier_id).first()
    return carrier is not None and bool(carrier.phone)


def _put(kind: str, row: CallNumber) -> None:
    put(
        kind,
        row.parcel.organization_id,
        lane=f"relay:{row.parcel_id}",
        payload={"call_number": str(row.pk)},
        priority=2,
    )


def _row(message: OutboxMessage) -> CallNumber:
    rows = CallNumber.objects.select_related("parcel__choice", "parcel__patient")
    return rows.get(pk=message.payload["call_number"])
