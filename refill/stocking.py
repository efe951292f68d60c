"""Boxes on the shelf: received, counted anew, kept for a line, first expired first out."""

from __future__ import annotations

import math
import uuid
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.organization import directory
from portal.organization.models import Organization
from portal.record.models import MedicationRequest, Prescription
from portal.terminology.models import Medication
from portal.workflow import Refused
from refill.models import Recall, Shortage, StockItem, StockMovement, StockReservation

HELD = StockReservation.Status.HELD


class OutOfStock(Refused):
    """Not enough boxes here; the message says so to people, before anything is paid (R89)."""


def boxes_for(line: MedicationRequest) -> int:
    """Whole boxes that cover the line's quantity."""
    return math.ceil(line.quantity / line.medication.pack_size)


@transaction.atomic
def receive(
    actor: Actor, medication: Medication, lot_number: str, expires: date, boxes: int
) -> StockItem:
    """New boxes on the centre's shelf. Raises Refused for a lot that is past or recalled."""
    if actor.organization_id is None:
        raise Refused(_("Only a centre has a shelf."))
    if boxes < 1:
        raise Refused(_("At least one box."))
    if expires <= directory.today(actor.organization_id):
        raise Refused(_("This lot has expired."))
    if Recall.objects.filter(lot_number=lot_number).exists():
        raise Refused(_("This lot has been recalled."))
    hold(shelf(actor.organization_id, medication.pk))
    # A lot that somebody else has just begun was not there to be held.
    item, _new = for_update(StockItem.objects).get_or_create(
        organization_id=actor.organization_id,
        medication=medication,
        lot_number=lot_number,
        defaults={"expires": expires},
    )
    if item.expires != expires:
        raise Refused(_("This lot is known with another expiry date: %s.") % item.expires)
    if item.status != StockItem.Status.AVAILABLE:
        raise Refused(_("This lot has been recalled."))
    return _move(actor, item, boxes, StockMovement.Kind.RECEIVED)


@transaction.atomic
def correct(actor: Actor, item: StockItem, boxes: int, reason: str) -> StockItem:
    """What was counted is what there is; boxes already promised cannot be counted away."""
    hold(shelf(item.organization_id, item.medication_id))
    item = StockItem.objects.get(pk=item.pk)
    if not reason.strip():
        raise Refused(_("Say why the number changes."))
    if boxes < item.reserved:
        raise Refused(_("%(count)s boxes are promised to residents.") % {"count": item.reserved})
    return _move(actor, item, boxes - item.boxes, StockMovement.Kind.CORRECTED, reason)


def shelf(centre: uuid.UUID, *medications: int) -> QuerySet[StockItem]:
    """Every lot of these medicines at this centre, also what is closed or empty."""
    return StockItem.objects.filter(organization_id=centre, medication_id__in=medications)


def hold(lots: QuerySet[StockItem]) -> None:
    """Lock these lots until the transaction ends; always in one order, so nobody waits in a ring.

    Who moves boxes holds the whole shelf of the medicine first, before reservations and shortages.
    """
    rows = for_update(lots).order_by("medication_id", "organization_id", "expires", "pk")
    list(rows.values_list("pk", flat=True))


def hold_kept(*lines: MedicationRequest) -> None:
    """Lock the shelves on which boxes are kept for these lines."""
    kept = StockReservation.objects.filter(line__in=lines, status=HELD)
    places = {"organization__in": kept.values("item__organization")}
    hold(StockItem.objects.filter(medication__in=kept.values("item__medication"), **places))


def available(medication: Medication, organization: Organization | uuid.UUID, until: date) -> int:
    """Boxes nobody was promised, of lots that last beyond `until`."""
    centre = organization.pk if isinstance(organization, Organization) else organization
    lots = _lots(medication, centre, until)
    return lots.aggregate(free=Sum(F("boxes") - F("reserved")))["free"] or 0


def has(line: MedicationRequest, product: Medication) -> bool:
    """Whether the centre has enough free boxes of this product for the line."""
    return available(product, line.organization_id, _lasts_until(line)) >= boxes_for(line)


def elsewhere(line: MedicationRequest) -> list[Organization]:
    """Other centres that have enough of this medicine now."""
    others = Organization.objects.exclude(pk=line.organization_id)
    need, until = boxes_for(line), _lasts_until(line)
    return [centre for centre in others if available(line.medication, centre, until) >= need]


def waited_for(organization_id: uuid.UUID | None) -> QuerySet[Shortage]:
    """What residents of this centre wait for, the longest wait first."""
    if organization_id is None:
        return Shortage.objects.none()
    rows = Shortage.objects.filter(
        line__organization_id=organization_id, resolved_at=None,
        line__prescription__status=Prescription.Status.EFFECTIVE,
    )  # fmt: skip
    return rows.select_related("line__medication", "line__patient", "elsewhere").order_by("created")


@transaction.atomic
def reserve(line: MedicationRequest, product: Medication | None = None) -> list[StockReservation]:
    """Keep the boxes of a line, the first to expire first; all of them or none (R89).

    `product` is what the counter gives for what was written. Asking again answers the same
    boxes. Raises OutOfStock.
    """
    product = product or line.medication
    hold(shelf(line.organization_id, product.pk))
    lots = _lots(product, line.organization_id, _lasts_until(line)).order_by("expires", "pk")
    kept = list(StockReservation.objects.filter(line=line, status=HELD))
    if kept:
        return kept
    need = boxes_for(line)
    chosen: list[tuple[StockItem, int]] = []
    for item in lots:
        if part := min(need, item.free):
            chosen.append((item, part))
            need -= part
    if need:
        raise OutOfStock(_("There are not enough boxes of this medicine at the centre."))
    return [_keep(line, item, part) for item, part in chosen]


def try_to_reserve(line: MedicationRequest) -> bool:
    """Keep the boxes of a line if there are enough."""
    try:
        reserve(line)
    except OutOfStock:
        return False
    return True


@transaction.atomic
def release(line: MedicationRequest) -> None:
    """Give the kept boxes back to the shelf."""
    hold_kept(line)
    for kept in for_update(StockReservation.objects).filter(line=line, status=HELD):
        StockItem.objects.filter(pk=kept.item_id).update(reserved=F("reserved") - kept.boxes)
        kept.status = StockReservation.Status.RELEASED
        kept.save(update_fields=["status"])


def give_back(item: StockItem) -> list[MedicationRequest]:
    """Everything kept of this lot and not handed out goes back to it; whose it was."""
    kept = for_update(StockReservation.objects).filter(item=item, status=HELD)
    lines = [row.line for row in kept.select_related("line__medication")]
    for line in lines:
        release(line)
    return lines


def use(actor: Actor, kept: StockReservation) -> None:
    """The kept boxes leave the shelf. Inside the caller's transaction."""
    StockItem.objects.filter(pk=kept.item_id).update(
        boxes=F("boxes") - kept.boxes, reserved=F("reserved") - kept.boxes
    )
    StockMovement.objects.create(
        item_id=kept.item_id,
        kind=StockMovement.Kind.DISPENSED,
        boxes=-kept.boxes,
        by=actor.user,
    )
    kept.status = StockReservation.Status.USED
    kept.save(update_fields=["status"])


def _keep(line: MedicationRequest, item: StockItem, boxes: int) -> StockReservation:
    # The condition is the lock where the database has no row locks.
    free = StockItem.objects.filter(pk=item.pk, boxes__gte=F("reserved") + boxes)
    if not free.update(reserved=F("reserved") + boxes):
        raise OutOfStock(_("There are not enough boxes of this medicine at the centre."))
    return StockReservation.objects.create(line=line, item=item, boxes=boxes)


def _lots(medication: Medication, centre: uuid.UUID, until: date) -> QuerySet[StockItem]:
    return StockItem.objects.sellable().filter(
        Q(boxes__gt=F("reserved")),
        organization_id=centre,
        medication=medication,
        expires__gt=until,
    )


def _lasts_until(line: MedicationRequest) -> date:
    """The last day on which a box of this line is taken."""
    return directory.today(line.organization_id) + timedelta(days=line.days)


def _move(actor: Actor, item: StockItem, boxes: int, kind: str, reason: str = "") -> StockItem:
    StockItem.objects.filter(pk=item.pk).update(boxes=F("boxes") + boxes)
    StockMovement.objects.create(item=item, kind=kind, boxes=boxes, reason=reason, by=actor.user)
    item.refresh_from_db()
    journal.write(actor, f"stock-{kind}", item, boxes=boxes)
    return item
