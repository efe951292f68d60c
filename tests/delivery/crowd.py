"""Many parcels like one: the same centre, other residents, other doors."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from delivery.models import DeliveryChoice, DeliveryStep, SupplyDelivery
from delivery.workflow import AT_THE_COUNTER
from portal.payment.models import Invoice
from tests.factories.people import PatientFactory

HELD = {"out-for-delivery", "attempt-failed", "rescheduled", "returning"}


def parcels(centre, doctor, zone, count, *, stage="packed", courier=None, **facts):
    """So many parcels of other residents, as they stand after the deeds that lead there."""
    now = timezone.now()
    made = []
    for number in range(count):
        patient = PatientFactory(name=f"Gu Yulan {number} 顾玉兰", general_practitioner=doctor)
        start = facts.get("window_start", now + timedelta(hours=number % 3))
        choice = DeliveryChoice.objects.create(
            organization=centre, patient=patient, chosen_at=now, zone=zone, mode="courier",
            invoice=Invoice.objects.create(organization=centre, patient=patient),
            line=f"Mudanjiang Road {number}, Room 2", phone=f"+86138001{number:05d}",
            window_start=start, window_end=start + timedelta(hours=2),
            latitude=f"31.{374 + number}", longitude="121.434",
        )  # fmt: skip
        row = SupplyDelivery.objects.create(
            organization=centre, patient=patient, choice=choice, stage=stage, courier=courier,
            holder="courier" if stage in HELD else "counter", seal_numbers=[f"S-{number}"],
            **{"window_start": start, "window_end": start + timedelta(hours=2), **facts},
        )  # fmt: skip
        done = [*AT_THE_COUNTER, *(["collected"] if stage in HELD else [])]
        DeliveryStep.objects.bulk_create(
            DeliveryStep(parcel=row, name=name, at=now, place=centre.name) for name in done
        )
        made.append(row)
    return made
