"""Rows are locked in one order: prescription, bill, fill, boxes, and only then the journal.

Whoever keeps to it never waits in a ring with somebody else. Money that arrives holds the bill
and writes a fill that points to the prescription: a prescription is therefore locked without its
key, which lets rows that point to it be written.
"""

from __future__ import annotations

from django.db.models import QuerySet

from portal.locking import for_update
from portal.payment import invoicing
from portal.record.models import MedicationRequest, Prescription
from refill.models import MedicationDispense


def prescription_of(dispense: MedicationDispense) -> Prescription:
    """The form of a fill, locked."""
    rows = for_update(Prescription.objects).select_related("organization")
    return rows.get(pk=dispense.prescription_id)


def bills_of(*lines: MedicationRequest) -> None:
    """Lock every bill that charges one of these lines."""
    charged = {charge.invoice_id for line in lines for charge in invoicing.lines_of(line)}
    for invoice_id in sorted(charged):
        invoicing.locked(invoice_id)


def fill(dispense: MedicationDispense) -> MedicationDispense:
    """The fill as it is now, locked after its prescription; both until the transaction ends."""
    prescription = prescription_of(dispense)
    row = _fills().get(pk=dispense.pk)
    row.prescription = prescription
    return row


def fill_and_bill(dispense: MedicationDispense) -> MedicationDispense:
    """The same with the bill that charges it, for deeds that give money back."""
    prescription = prescription_of(dispense)
    bills_of(dispense.line)
    row = _fills().get(pk=dispense.pk)
    row.prescription = prescription
    return row


def fills_of(prescription: Prescription) -> list[MedicationDispense]:
    """Every fill of a prescription that is locked already."""
    return list(_fills().filter(prescription=prescription).order_by("pk"))


def _fills() -> QuerySet[MedicationDispense]:
    rows = for_update(MedicationDispense.objects)
    return rows.select_related("line__medication", "substitute", "patient", "organization")
