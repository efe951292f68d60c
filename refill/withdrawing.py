"""A prescription ends before its medicine is packed: nothing of it is left waiting (R51)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.payment import refunding
from portal.record import prescribing
from portal.record.models import MedicationRequest, Prescription
from portal.rounds import each
from portal.workflow import Refused
from refill import following, holding, stocking, telling
from refill.models import MedicationDispense, PrescriptionReview
from refill.workflow import DISPENSE, REVIEW

Status = MedicationDispense.Status
PACKED = (Status.IN_PROGRESS, Status.COMPLETED)


def withdraw(actor: Actor, prescription: Prescription, how: str) -> None:
    """Review, boxes, bill and fills of a form that is "cancelled" or "expired" now.

    Called inside the transaction that ends it. Raises Refused when some of it is packed.
    """
    lines = list(prescription.lines.all())
    holding.bills_of(*lines)
    fills = holding.fills_of(prescription)
    if any(fill.status in PACKED for fill in fills):
        raise Refused(_("Some of it is packed already. Call the pharmacist of the centre."))
    stocking.hold_kept(*lines)
    for line in lines:
        stocking.release(line)
    _end_reviews(actor, prescription, how)
    _take_off(actor, lines, fills, f"prescription-{how}")
    following.follow(prescription, how)
    if prescription.status != Prescription.Status.DRAFT:
        _tell(prescription, how)


def expire_unclaimed() -> int:
    """Passed, but neither paid nor taken up in its time: it ends; how many did (R51)."""
    late = prescribing.late().exclude(pk__in=MedicationDispense.objects.values("prescription"))
    return each(late.order_by("valid_until"), prescribing.expire)


def _end_reviews(actor: Actor, prescription: Prescription, how: str) -> None:
    waiting = PrescriptionReview.Status.PENDING
    for review in PrescriptionReview.objects.filter(prescription=prescription, status=waiting):
        REVIEW.apply("lapse", review, actor=actor, status_reason=how)


def _take_off(
    actor: Actor, lines: list[MedicationRequest], fills: list[MedicationDispense], why: str
) -> None:
    for fill in fills:
        if fill.status == Status.PREPARATION:
            DISPENSE.apply("cancel", fill, actor=actor, status_reason=why)
    for line in lines:
        refunding.refund_row(actor, line, why)


def _tell(prescription: Prescription, how: str) -> None:
    telling.resident(f"prescription-{how}", prescription, doctor=prescription.practitioner.name)
    if how == "expired":
        telling.doctor("prescription-lapsed", prescription)


def register() -> None:
    """Called once at start."""
    prescribing.before_ending(withdraw)
