from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from portal.accounts.actor import SYSTEM
from portal.payment import invoicing, paying
from portal.payment.gateway import CheckoutState
from portal.payment.models import ChargeItem, Checkout, Invoice
from portal.record.models import Patient


def bill(patient: Patient, *, consultation: int = 2500, medicine: int = 0, row=None) -> Invoice:
    """An issued bill for a consultation (and medicine) of this resident, in fen."""
    invoice = invoicing.open_for(patient)
    row = row or patient
    invoicing.add_line(SYSTEM, invoice, ChargeItem.Kind.CONSULTATION, row, consultation)
    if medicine:
        invoicing.add_line(SYSTEM, invoice, ChargeItem.Kind.MEDICINE, row, medicine)
    return invoicing.issue(SYSTEM, invoice)


def paid_bill(invoice: Invoice) -> Invoice:
    """The bill with its money booked, as if the cashier had said so."""
    row = Checkout.objects.create(
        invoice=invoice, invoice_version=invoice.version, amount_minor=invoice.owed_minor,
        gateway_ref=f"cs_{invoice.pk}", expires_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    payment = f"pi_{invoice.pk}"
    paying.take(
        row,
        CheckoutState(
            row.gateway_ref, "complete", True, payment, row.amount_minor, invoice.currency
        ),
    )
    invoice.refresh_from_db()
    return invoice
