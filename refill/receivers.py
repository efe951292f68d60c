"""What wakes the counter: a signature, and money."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from portal.payment.models import Invoice
from portal.payment.signals import invoice_balanced
from portal.record.models import Prescription
from portal.record.signals import prescription_signed
from refill import collecting, dispensing, reviewing, withdrawing
from refill import hospital as hospital  # its handler of the outbox
from refill.models import MedicationDispense
from refill.signals import dispense_packed

withdrawing.register()


@receiver(prescription_signed)
def wait_for_the_pharmacist(prescription: Prescription, **_kwargs: Any) -> None:
    reviewing.open_for(prescription)


@receiver(invoice_balanced)
def make_up_what_is_paid(invoice: Invoice, **_kwargs: Any) -> None:
    dispensing.prepare(invoice)


@receiver(dispense_packed)
def lay_it_out_to_be_picked_up(dispense: MedicationDispense, **_kwargs: Any) -> None:
    collecting.open_for(dispense)
