"""From a lot or a box to the people who received it (R88)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from portal.accounts.actor import Actor
from portal.audit import journal
from refill.models import BoxCode, DispenseLot, StockItem, StockMovement


@dataclass(frozen=True, slots=True)
class Received:
    """One resident, one medicine, how many boxes and when."""

    patient_id: str
    patient_name: str
    centre: str
    medicine: str
    lot_number: str
    boxes: int
    status: str
    handed_over: datetime | None


@transaction.atomic
def receivers(actor: Actor, text: str) -> list[Received]:
    """Everybody who got a box of this lot, or the box with this code; nobody for an unknown one.

    In every centre, since a lot does not know centres; each one found is journaled there.
    """
    lots = Q(item__lot_number=text)
    boxes = BoxCode.objects.filter(code=text).values_list("dispense_id", "item_id")
    for dispense_id, item_id in boxes:
        lots |= Q(dispense_id=dispense_id, item_id=item_id)
    rows = DispenseLot.objects.filter(lots).select_related(
        "dispense__patient", "dispense__organization", "item__medication"
    )
    found = list(rows.order_by("dispense__created", "pk"))
    for row in found:
        journal.write(actor, "recall-look", row.dispense)
    return [_row(row) for row in found]


@transaction.atomic
def block(actor: Actor, lot_number: str, reason: str) -> int:
    """Nothing more of this lot leaves any shelf; answers how many shelves held it."""
    items = list(StockItem.objects.select_for_update().filter(lot_number=lot_number).order_by("pk"))
    for item in items:
        item.status = StockItem.Status.RECALLED
        item.save(update_fields=["status"])
        StockMovement.objects.create(
            item=item, kind=StockMovement.Kind.RECALLED, boxes=0, reason=reason, by=actor.user
        )
        journal.write(actor, "recall", item, after=item.status)
    return len(items)


def _row(row: DispenseLot) -> Received:
    dispense = row.dispense
    return Received(
        patient_id=str(dispense.patient_id),
        patient_name=dispense.patient.name,
        centre=dispense.organization.name,
        medicine=str(row.item.medication),
        lot_number=row.item.lot_number,
        boxes=row.boxes,
        status=dispense.status,
        handed_over=dispense.when_handed_over,
    )
