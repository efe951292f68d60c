"""From a lot or a box to the people who received it, told in one press (R88)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.workflow import Refused
from refill import calling, stocking, telling
from refill.models import BoxCode, DispenseLot, MedicationDispense, Recall, StockItem, StockMovement

RECALLED = "recalled"  # why a courier brings back what is in the parcel
REACHED = (MedicationDispense.Status.IN_PROGRESS, MedicationDispense.Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Received:
    """One resident, one medicine, how many boxes and when; and whether they can be told here."""

    patient_id: str
    patient_name: str
    centre: str
    medicine: str
    lot_number: str
    boxes: int
    status: str
    handed_over: datetime | None
    can_be_told: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a recall did: how many shelves it closed, who was told, whom to call."""

    shelves: int
    told: int
    to_call: tuple[Received, ...]


@transaction.atomic
def receivers(actor: Actor, text: str) -> list[Received]:
    """Everybody who got a box of this lot, or the box with this code; nobody for an unknown one.

    In every centre, since a lot does not know centres; each one found is journaled there.
    """
    found = list(_rows(text))
    for row in found:
        journal.write(actor, "recall-look", row.dispense, purpose="recall")
    return [_row(row) for row in found]


@transaction.atomic
def recall(actor: Actor, text: str, reason: str) -> Outcome:
    """Close the shelves of the lot and tell all who received of it; again, only what is new.

    `text` is the lot's number, or the code of one of its boxes. Raises Refused.
    """
    lots = lots_of(text)
    if not lots:
        raise Refused(_("No lot and no box has this number."))
    if not reason.strip():
        raise Refused(_("Say why."))
    shelves = sum(_close(actor, lot, reason) for lot in lots)
    found = list(_rows(*lots))
    packed = MedicationDispense.Status.IN_PROGRESS
    calling.back([row.dispense_id for row in found if row.dispense.status == packed], RECALLED)
    rows = [row for row in found if row.dispense.when_handed_over]
    for row in rows:
        telling.recalled(row.dispense)
    to_call = tuple(shown for shown in map(_row, rows) if not shown.can_be_told)
    return Outcome(shelves, len(rows) - len(to_call), to_call)


def lots_of(text: str) -> list[str]:
    """The lot of this number, or the lot of the box with this code."""
    items = StockItem.objects.filter(lot_number=text)
    boxes = BoxCode.objects.filter(code=text).values("item")
    items = items | StockItem.objects.filter(pk__in=boxes)
    return sorted(set(items.values_list("lot_number", flat=True)))


def block(actor: Actor, lot_number: str, reason: str) -> int:
    """Nothing more of this lot leaves any shelf; answers how many shelves it closed now."""
    with transaction.atomic():
        return _close(actor, lot_number, reason)


def _close(actor: Actor, lot_number: str, reason: str) -> int:
    """Boxes kept of it are given back, so that other lots can be kept for their residents."""
    lots = StockItem.objects.filter(lot_number=lot_number)
    stocking.hold(StockItem.objects.filter(medication__in=lots.values("medication")))
    items = list(lots.filter(status=StockItem.Status.AVAILABLE).order_by("pk"))
    moved = [line for item in items for line in stocking.give_back(item)]
    for item in items:
        item.status = StockItem.Status.RECALLED
        item.save(update_fields=["status"])
        StockMovement.objects.create(
            item=item, kind=StockMovement.Kind.RECALLED, boxes=0, reason=reason, by=actor.user
        )
    for line in moved:
        stocking.try_to_reserve(line)
    for item in items:
        journal.write(actor, "recall", item, after=item.status)
    _write_down(actor, lot_number, reason)
    return len(items)


def _write_down(actor: Actor, lot_number: str, reason: str) -> None:
    if actor.user is None or actor.organization_id is None:
        raise Refused(_("Only a pharmacist of this centre can do this."))
    Recall.objects.get_or_create(
        lot_number=lot_number,
        defaults={"organization_id": actor.organization_id, "reason": reason, "by": actor.user},
    )


def _rows(*numbers: str) -> QuerySet[DispenseLot]:
    lots = Q(item__lot_number__in=numbers)
    boxes = BoxCode.objects.filter(code__in=numbers)
    for dispense_id, item_id in boxes.values_list("dispense_id", "item_id"):
        lots |= Q(dispense_id=dispense_id, item_id=item_id)
    rows = DispenseLot.objects.filter(lots, dispense__status__in=REACHED)
    related = ("dispense__patient__user", "dispense__organization", "item__medication")
    return rows.select_related(*related).order_by("dispense__created", "pk")


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
        can_be_told=dispense.patient.user_id is not None,
    )
