"""The end of a fill: in the resident's hands, or not after all."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.locking import for_update
from portal.outbox.putting import put
from portal.payment import refunding
from portal.record.models import MedicationRequest, Prescription
from portal.record.workflow import PRESCRIPTION
from portal.workflow import Refused
from refill import calling, collecting, following, holding, hospital, stocking, telling
from refill.models import BoxCode, MedicationDispense, PickUp, Shortage, StockItem
from refill.workflow import DISPENSE, not_the_pharmacist

ENDED = ("completed", "declined", "cancelled")
CALLED_BACK = "called-back"  # why a courier brings back what is declined on its way


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
    if dispense.lots.filter(item__status=StockItem.Status.RECALLED).exists():
        raise Refused(_("A lot in this bag has been recalled. It goes back to the pharmacist."))
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


def hand_over_at_counter(
    actor: Actor,
    dispenses: Sequence[MedicationDispense],
    *,
    code: str | None = None,
    name: str | None = None,
    birth_year: int | None = None,
) -> list[MedicationDispense]:
    """The resident collects: her one-time code, or her name with the year she was born.

    Raises Refused for a wrong proof (three of them stop it), and for what is not hers.
    """
    pick_up = _pick_up_of(dispenses)
    if refusal := not_the_pharmacist(actor, pick_up):
        raise Refused(refusal)
    collecting.prove(actor, pick_up, collecting.Proof(code or "", name or "", birth_year))
    with transaction.atomic():
        pick_up = for_update(PickUp.objects).get(pk=pick_up.pk)
        handed = [hand_over(actor, row) for row in sorted(dispenses, key=lambda row: row.pk)]
        collecting.close_when_empty(actor, pick_up)
    return handed


def _pick_up_of(dispenses: Sequence[MedicationDispense]) -> PickUp:
    """The one pick-up that all of these fills belong to."""
    whose = {(row.patient_id, row.organization_id) for row in dispenses}
    open_ones = PickUp.objects.waiting().select_related("patient")
    for patient, centre in whose if len(whose) == 1 else ():
        pick_up = open_ones.filter(patient_id=patient, organization_id=centre).first()
        known = {row.pk for row in collecting.waiting(pick_up)} if pick_up else set()
        if pick_up and known.issuperset(row.pk for row in dispenses):
            return pick_up
    raise Refused(_("Nothing is ready to be picked up."))


@transaction.atomic
def decline(actor: Actor, dispense: MedicationDispense, reason: str) -> MedicationDispense:
    """Not handed over: kept boxes go back, packed ones to quarantine (R100), money goes back."""
    dispense = holding.fill_and_bill(dispense)
    if dispense.status == MedicationDispense.Status.DECLINED:
        return dispense
    if refusal := DISPENSE.refusal("decline", dispense, actor):
        raise Refused(refusal)
    was_packed = dispense.packed_at is not None
    if not was_packed:
        stocking.release(dispense.line)
    dispense = DISPENSE.apply("decline", dispense, actor=actor, status_reason=reason)
    if was_packed:
        BoxCode.objects.filter(dispense=dispense).update(is_quarantined=True)
        calling.back([dispense.pk], CALLED_BACK)
    refunding.refund_row(actor, dispense.line, reason[:40])
    _finish(dispense.prescription)
    telling.resident("medicine-not-handed-over", dispense)
    return dispense


@transaction.atomic
def replace(actor: Actor, dispense: MedicationDispense, reason: str) -> MedicationDispense:
    """It got lost or spoiled on its way: the same line is made up again, and costs nothing.

    Raises OutOfStock; then nothing has changed.
    """
    dispense = holding.fill(dispense)
    if refusal := DISPENSE.refusal("decline", dispense, actor):
        raise Refused(refusal)
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
    """A prescription with every line filled or ended is done (R58); a line that was never
    there to be had does not keep it open.
    """
    short = Shortage.objects.filter(resolved_at=None, promised_on=None).values("line")
    lines = MedicationRequest.objects.filter(prescription=prescription).exclude(pk__in=short)
    fills = MedicationDispense.objects.filter(prescription=prescription)
    if fills.exclude(status__in=ENDED).exists():
        return
    filled = fills.filter(status__in=ENDED)
    is_done = filled.values("line").distinct().count() == lines.count()
    if is_done and prescription.status == Prescription.Status.EFFECTIVE:
        following.follow(PRESCRIPTION.apply("complete", prescription, actor=SYSTEM))
