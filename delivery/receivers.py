"""What wakes the delivery: the last box of a bill is packed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from delivery import moving, parcelling, returning, ringing, telling
from delivery.models import SupplyDelivery
from delivery.models.parcel import ENDED
from portal.accounts.actor import SYSTEM
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import handles
from portal.payment import looking
from portal.payment.models import ChargeItem, Invoice
from refill import calling, collecting
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


@calling.carrier
def call_back(ids: Collection[uuid.UUID], why: str) -> None:
    """What is declined or recalled on its way comes back at once."""
    rows = SupplyDelivery.objects.filter(lines__dispense__in=ids).exclude(stage__in=ENDED)
    for parcel in rows.distinct():
        telling.call_back(parcel, why)


@handles("parcel.call-back")
def bring_back(message: OutboxMessage) -> None:
    """In a transaction of its own: it takes its locks in the house's order."""
    parcel = SupplyDelivery.objects.get(pk=message.payload["parcel"])
    returning.call_back(SYSTEM, parcel, message.payload["reason"])


@handles("relay.lend")
def lend_a_number(message: OutboxMessage) -> None:
    """The courier's page shows it as soon as it is there."""
    if parcel := ringing.ask(message):
        moving.tell_the_pages(parcel)


@handles("relay.withdraw")
def withdraw_the_number(message: OutboxMessage) -> None:
    ringing.withdraw(message)


@looking.before_paying
def choose_first(invoice: Invoice) -> looking.Step | None:
    """Medicine on a bill: how it shall come is chosen before it is paid."""
    charged = invoice.lines.filter(kind=ChargeItem.Kind.MEDICINE, withdrawn_at=None)
    if not charged.exists():
        return None
    return looking.Step(
        _("Choose how to receive your medicine"), reverse("delivery:choose", args=[invoice.pk])
    )
