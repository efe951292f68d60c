"""Rows are locked in one order: prescriptions, bill, fills, boxes, parcel, case, then the journal.

It is the counter's order (`refill.holding`) with the parcel behind it. Whoever keeps to it
never waits in a ring with the counter, the cashier or another courier.
"""

from __future__ import annotations

from dataclasses import dataclass

from delivery import moving
from delivery.models import RefundOrReplace, SupplyDelivery
from portal.locking import for_update
from portal.payment import invoicing
from portal.record.models import Prescription
from refill.models import MedicationDispense


@dataclass(frozen=True, slots=True)
class Held:
    """A parcel and what is in it, kept still until the transaction ends."""

    parcel: SupplyDelivery
    fills: list[MedicationDispense]


def whole(parcel: SupplyDelivery) -> Held:
    """The parcel with its fills and their prescriptions, for a deed that ends in other hands."""
    _prescriptions(parcel)
    fills = _fills(parcel)
    return Held(moving.locked(parcel), fills)


def whole_case(case: RefundOrReplace) -> tuple[RefundOrReplace, Held]:
    """The case of a parcel with all of that and the bill, for a deed that moves money."""
    _prescriptions(case.parcel)
    invoicing.locked(case.parcel.choice.invoice_id)
    held = Held(parcel=case.parcel, fills=_fills(case.parcel))
    moving.locked(case.parcel)
    rows = for_update(RefundOrReplace.objects)
    return rows.select_related("parcel__choice", "parcel__patient").get(pk=case.pk), held


def _prescriptions(parcel: SupplyDelivery) -> None:
    """What a parcel holds never changes: this can be asked before anything is locked."""
    forms = parcel.lines.values("dispense__prescription")
    list(for_update(Prescription.objects).filter(pk__in=forms).order_by("pk"))


def _fills(parcel: SupplyDelivery) -> list[MedicationDispense]:
    rows = for_update(MedicationDispense.objects)
    rows = rows.filter(pk__in=parcel.lines.values("dispense")).select_related("line__medication")
    return list(rows.order_by("pk"))
