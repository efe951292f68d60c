from __future__ import annotations

from portal.accounts.actor import SYSTEM
from portal.payment import invoicing
from portal.payment.models import ChargeItem, Invoice
from portal.record.models import Patient


def bill(patient: Patient, *, consultation: int = 2500, medicine: int = 0, row=None) -> Invoice:
    """An issued bill for a consultation (and medicine) of this resident, in fen."""
    invoice = invoicing.open_for(patient)
    row = row or patient
    invoicing.add_line(SYSTEM, invoice, ChargeItem.Kind.CONSULTATION, row, consultation)
    if medicine:
        invoicing.add_line(SYSTEM, invoice, ChargeItem.Kind.MEDICINE, row, medicine)
    return invoicing.issue(SYSTEM, invoice)
