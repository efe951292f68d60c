"""What wakes the delivery: the last box of a bill is packed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from delivery import parcelling
from portal.payment import looking
from portal.payment.models import ChargeItem, Invoice
from refill import collecting
from refill.models import MedicationDispense
from refill.signals import dispense_packed


@receiver(dispense_packed)
def make_the_parcel(dispense: MedicationDispense, **_kwargs: Any) -> None:
    if choice := parcelling.choice_of(dispense):
        parcelling.when_all_packed(choice)


@collecting.carrier
def carried(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these fills a courier brings: what is left is picked up at the counter."""
    return parcelling.carried(ids)


@looking.before_paying
def choose_first(invoice: Invoice) -> looking.Step | None:
    """Medicine on a bill: how it shall come is chosen before it is paid."""
    charged = invoice.lines.filter(kind=ChargeItem.Kind.MEDICINE, withdrawn_at=None)
    if not charged.exists():
        return None
    return looking.Step(
        _("Choose how to receive your medicine"), reverse("delivery:choose", args=[invoice.pk])
    )
