"""Chen's bill: her medicine has passed, she collects it herself and pays all at once."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from consult.scenes import signed
from delivery import choosing
from delivery.models import DeliveryChoice
from delivery.scenes.courier_day import licence_of_sun
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.payment import invoicing
from portal.record import prescribing
from portal.record.models import MedicationRequest, Prescription
from portal.sandbox.scenes.registry import Ids, scene
from portal.workflow import Refused
from refill import reviewing, stocking
from refill.models import PrescriptionReview, ReviewFinding


@scene("to-pay", needs_hospital=True)
def to_pay() -> Ids:
    """After a visit: passed, to be picked up at the centre, issued and not paid."""
    _withdraw()
    ids = signed()
    line = MedicationRequest.objects.get(prescription_id=ids["prescription"])
    _pass(line)
    bill = invoicing.open_for(line.patient)
    choosing.choose(_actor("chen"), bill, DeliveryChoice.Mode.PICK_UP)
    return {**ids, "invoice": str(bill.pk)}


def _withdraw() -> None:
    """What an earlier scene left to be reviewed or paid is taken back; what is packed stays."""
    waiting = Prescription.objects.filter(
        patient__his_id="chen", status__in=("signed", "effective")
    )
    for form in waiting.select_related("practitioner__user"):
        with suppress(Refused):
            prescribing.cancel(Actor.of(form.practitioner.user), form, "another scene begins")


def _pass(line: MedicationRequest) -> None:
    """Sun has the boxes, finds all three blocks good and passes."""
    licence_of_sun(line.organization)
    sun, lasts = _actor("sun"), timezone.localdate() + timedelta(days=500)
    lot = f"DEMO-{uuid.uuid4().hex[:8]}"
    stocking.receive(sun, line.medication, lot, lasts, stocking.boxes_for(line))
    review = PrescriptionReview.objects.get(prescription=line.prescription, status="pending")
    good = [reviewing.Finding(block, True) for block in ReviewFinding.Block.values]
    reviewing.pass_(sun, review, good)


def _actor(username: str) -> Actor:
    return Actor.of(User.objects.get(username=username))
