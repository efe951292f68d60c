"""Chen's address, her order, a parcel at the counter, and one that did not arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery.models import DeliveryChoice, RefundOrReplace, SupplyDelivery
from portal.payment.models import Invoice
from tests.factories.parcels import AddressFactory, ZoneFactory


@pytest.fixture
def ordered(centre, chen):
    """A choice, its parcel on the shelf, an address, and the case of a lost parcel."""
    now = timezone.now()
    zone = ZoneFactory(organization=centre)
    choice, lost = (_choice(centre, chen, zone, now) for _twice in range(2))
    span = {"window_start": now, "window_end": now + timedelta(hours=4)}
    parcel = SupplyDelivery.objects.create(
        organization=centre, patient=chen, choice=choice, seal_numbers=["S1"], **span
    )
    gone = SupplyDelivery.objects.create(
        organization=centre, patient=chen, choice=lost, stage="lost", holder="nobody", **span
    )
    case = RefundOrReplace.objects.create(
        organization=centre, patient=chen, parcel=gone, due_at=now + timedelta(hours=4)
    )
    address = AddressFactory(patient=chen, zone=zone)
    return {"order": choice, "parcel": parcel, "address": address, "case": case}


def _choice(centre, chen, zone, now):
    bill = Invoice.objects.create(organization=centre, patient=chen, status="balanced")
    return DeliveryChoice.objects.create(
        organization=centre, patient=chen, invoice=bill, mode="courier", zone=zone, chosen_at=now,
        line="Shuichan Road 12", phone="+8613800001001", window_start=now,
        window_end=now + timedelta(hours=4), chosen_by=chen.user,
    )  # fmt: skip
