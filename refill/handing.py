"""The end of a fill: in the resident's hands, or not after all."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.outbox.putting import put
from portal.payment import refunding
from portal.record.models import MedicationRequest, Prescription
from portal.record.workflow import PRESCRIPTION
from refill import holding, hospital, stocking, telling
from refill.models import BoxCode, MedicationDispense
from refill.workflow import DISPENSE

ENDED = ("completed", "declined", "cancelled")


@transaction.atomic
def hand_over(
    actor: Actor, dispense: MedicationDispense, *, receiver: str = ""
) -> MedicationDispense:
    """It is in the right hands: the run-out date moves and the HIS is told.

    `receiver` is the name of whoever took it, when it was not the resident.
    """
    dispense = holding.fill(dispense)
    if dispense.status == MedicationDispense.Status.COMPLETED:
        return dispense
    dispense = DISPENSE.apply(
        "hand-over", dispense, actor=actor, when_handed_over=timezone.now(), receiver=receiver
    )
    put(
        "his.dispense",
        dispense.organization_id,
        lane=str(dispense.patient_id),
        payload={"dispense": str(dispense.pk)},
        key=dispense.pk,
        depends_on=hospital.waits_for(dispense),
    )
    _finish(dispense.prescription)
    telling.resident("medicine-handed-over", dispense, when=dispense.when_handed_over)
    return dispense


@transaction.atomic
def decline(actor: Actor, dispense: MedicationDispense, reason: str) -> MedicationDispense:
    """Not handed over: kept boxes go back, packed ones to quarantine (R100), money goes back."""
    dispense = holding.fill_and_bill(dispense)
    was_packed = dispense.packed_at is not None
    if not was_packed:
        stocking.release(dispense.line)
    dispense = DISPENSE.apply("decline", dispense, actor=actor, status_reason=reason)
    if was_packed:
        BoxCode.objects.filter(dispense=dispense).update(is_quarantined=True)
    refunding.refund_row(actor, dispense.line, reason[:40])
    _finish(dispense.prescription)
    telling.resident("medicine-not-handed-over", dispense)
    return dispense


@transaction.atomic
def replace(actor: Actor, dispense: MedicationDispense, reason: str) -> MedicationDispense:
    """It got lost or spoiled on its way: the same line is made up again, and costs nothing.

    Raises OutOfStock; then nothing has changed.
    """
    dispense = MedicationDispense.objects.select_for_update().get(pk=dispense.pk)
    stocking.reserve(dispense.line)
    dispense = DISPENSE.apply("decline", dispense, actor=actor, status_reason=reason)
    BoxCode.objects.filter(dispense=dispense).update(is_quarantined=True)
    again = MedicationDispense.objects.create(
        organization_id=dispense.organization_id,
        prescription_id=dispense.prescription_id,
        line_id=dispense.line_id,
        patient_id=dispense.patient_id,
        fill=dispense.fill + 1,
        boxes=dispense.boxes,
        quantity=dispense.quantity,
        days_supply=dispense.days_supply,
    )
    journal.write(actor, "replace", again, after=again.status, fill=again.fill)
    return again


def _finish(prescription: Prescription) -> None:
    """A prescription with every line filled or ended is done (R58)."""
    lines = MedicationRequest.objects.filter(prescription=prescription)
    fills = MedicationDispense.objects.filter(prescription=prescription)
    if fills.exclude(status__in=ENDED).exists():
        return
    filled = fills.filter(status__in=ENDED)
    is_done = filled.values("line").distinct().count() == lines.count()
    if is_done and prescription.status == Prescription.Status.EFFECTIVE:
        PRESCRIPTION.apply("complete", prescription, actor=SYSTEM)
