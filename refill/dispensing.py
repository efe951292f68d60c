"""From paid to sealed: each box scanned, each check ticked, each fill once (R85, R86)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.payment.models import ChargeItem, Invoice
from portal.record import prescribing
from portal.record.models import MedicationRequest, Prescription
from portal.workflow import Refused
from refill import holding, signals, stocking, telling
from refill.models import BoxCode, DispenseLot, MedicationDispense, StockItem, StockReservation
from refill.workflow import DISPENSE

#: Four checks, ten matches at the counter (R85).
CHECKS = {
    "department": gettext_lazy("Department"),
    "name": gettext_lazy("Name"),
    "age": gettext_lazy("Age"),
    "medicine": gettext_lazy("Medicine"),
    "form": gettext_lazy("Form"),
    "strength": gettext_lazy("Strength"),
    "quantity": gettext_lazy("Quantity"),
    "character": gettext_lazy("Look and condition"),
    "usage": gettext_lazy("How to take it"),
    "diagnosis": gettext_lazy("Diagnosis"),
}


@dataclass(frozen=True, slots=True)
class Packing:
    """What the pharmacist did at the counter: checks ticked, boxes scanned, the bag sealed."""

    checks: tuple[str, ...]
    codes: tuple[str, ...]
    seal_number: str


def prepare(invoice: Invoice) -> list[MedicationDispense]:
    """Everything this paid bill holds is to be packed. Inside the payment's transaction."""
    charged = invoice.lines.filter(kind=ChargeItem.Kind.MEDICINE, withdrawn_at=None)
    ids = charged.values_list("entity_id", flat=True)
    lines = MedicationRequest.objects.filter(pk__in=list(ids)).select_related("medication")
    return [_begin(line) for line in lines]


def _begin(line: MedicationRequest) -> MedicationDispense:
    dispense, is_new = MedicationDispense.objects.get_or_create(
        line=line,
        fill=1,
        defaults={
            "organization_id": line.organization_id,
            "prescription_id": line.prescription_id,
            "patient_id": line.patient_id,
            "boxes": stocking.boxes_for(line),
            "quantity": stocking.boxes_for(line) * line.medication.pack_size,
            "days_supply": line.days,
        },
    )
    if is_new:
        journal.write(SYSTEM, "prepare", dispense, after=dispense.status)
    return dispense


class SoldBefore(Refused):
    """A box code came up a second time: the box is put aside and looked into (R86)."""


def pack(actor: Actor, dispense: MedicationDispense, packing: Packing) -> MedicationDispense:
    """Pack and seal one fill: once, whoever presses when.

    Raises Refused for an unticked check, a missing or known box code (R86), a prescription
    that is not in force (R50) or whose signed bytes no longer verify (R56).
    """
    try:
        return _pack(actor, dispense, packing)
    except SoldBefore:
        with transaction.atomic():
            journal.write(actor, "sold-before", dispense)
            telling.managers("box-sold-twice", dispense)
        raise


@transaction.atomic
def _pack(actor: Actor, dispense: MedicationDispense, packing: Packing) -> MedicationDispense:
    dispense = holding.fill(dispense)
    if refusal := DISPENSE.refusal("pack", dispense, actor) or not_ready(dispense, packing):
        raise Refused(refusal)
    for kept, codes in _scanned(dispense, packing.codes):
        stocking.use(actor, kept)
        DispenseLot.objects.create(dispense=dispense, item_id=kept.item_id, boxes=kept.boxes)
        _sell_once(dispense, kept, codes)
    dispense = DISPENSE.apply(
        "pack", dispense, actor=actor, packed_at=timezone.now(), packed_by=actor.user,
        seal_number=packing.seal_number, checks=list(packing.checks),
    )  # fmt: skip
    signals.dispense_packed.send(sender=MedicationDispense, dispense=dispense)
    return dispense


def to_take(dispense: MedicationDispense) -> dict[str, Any]:
    """What the packing page shows: the lots, the lot of each box, and what stands in the way."""
    lots = lots_of(dispense)
    return {
        "lots": lots,
        "lot_of_box": [lot.item for lot in lots for _box in range(lot.boxes)],
        "stop": not_in_force(dispense),
        "is_short": sum(lot.boxes for lot in lots) != dispense.boxes,
    }


def lots_of(dispense: MedicationDispense) -> list[StockReservation]:
    """Which boxes to take, the first to expire first."""
    held = StockReservation.objects.filter(line_id=dispense.line_id)
    held = held.filter(status=StockReservation.Status.HELD).select_related("item")
    return list(held.order_by("item__expires", "item_id"))


def not_ready(dispense: MedicationDispense, packing: Packing) -> str | None:
    """Why this cannot be sealed yet, in words for the pharmacist."""
    if missing := [name for code, name in CHECKS.items() if code not in packing.checks]:
        return _("Not checked yet: %(what)s.") % {"what": missing[0]}
    if not packing.seal_number.strip():
        return _("Scan or type the number of the seal.")
    if dispense.product.is_trace_coded and len(set(packing.codes)) != dispense.boxes:
        return _("Scan each of the %(count)s boxes once.") % {"count": dispense.boxes}
    return not_in_force(dispense)


def not_in_force(dispense: MedicationDispense) -> str | None:
    """Why nothing may be packed on this prescription, whatever is scanned (R50, R56)."""
    if dispense.prescription.status != Prescription.Status.EFFECTIVE:
        return _("The prescription is: %s.") % dispense.prescription.get_status_display()
    if not prescribing.is_intact(dispense.prescription):
        return _(
            "The signature does not fit this prescription. Do not hand it out; call the doctor."
        )
    return None


def _scanned(
    dispense: MedicationDispense, codes: tuple[str, ...]
) -> Iterator[tuple[StockReservation, tuple[str, ...]]]:
    """The kept boxes of each lot with the codes scanned for them, in order of expiry."""
    stocking.hold_kept(dispense.line)
    held = StockReservation.objects.filter(
        line_id=dispense.line_id, status=StockReservation.Status.HELD
    )
    rows = list(held.select_related("item").order_by("item__expires", "item_id"))
    if sum(row.boxes for row in rows) != dispense.boxes:
        raise Refused(_("The boxes kept for this fill are no longer there."))
    if any(row.item.status != StockItem.Status.AVAILABLE for row in rows):
        raise Refused(_("A lot of these boxes has been recalled. Take boxes of another lot."))
    start = 0
    for row in rows:
        yield row, codes[start : start + row.boxes]
        start += row.boxes


def _sell_once(
    dispense: MedicationDispense, kept: StockReservation, codes: tuple[str, ...]
) -> None:
    try:
        with transaction.atomic():
            for code in codes:
                BoxCode.objects.create(code=code, dispense=dispense, item_id=kept.item_id)
    except IntegrityError as error:
        raise SoldBefore(_("One of these boxes has been sold before. Put it aside and report it.")) from error  # fmt: skip  # noqa: E501
