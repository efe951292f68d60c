"""The pharmacist's verdict: pass, return or refuse, and nothing changed (R83, R84)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.locking import for_update
from portal.payment import insurance, invoicing, prices
from portal.payment.models import ChargeItem
from portal.record import prescribing
from portal.record.models import MedicationRequest, Practitioner, Prescription
from portal.record.workflow import PRESCRIPTION
from portal.workflow import Refused
from refill import following, stocking, telling
from refill.models import PrescriptionReview, ReviewFinding, Shortage
from refill.workflow import REVIEW

MEDICINE = ChargeItem.Kind.MEDICINE


@dataclass(frozen=True, slots=True)
class Finding:
    """One of the three blocks: lawful, complete, suitable; a bad one says why."""

    block: str
    is_good: bool
    text: str = ""


def open_for(prescription: Prescription) -> PrescriptionReview:
    """A signed form waits for the pharmacist until it expires (R51)."""
    form = prescription.signed
    if form is None or prescription.valid_until is None:
        raise Refused(_("This prescription is not signed."))
    review, _new = PrescriptionReview.objects.get_or_create(
        prescription=prescription,
        version=form.version,
        defaults={
            "organization_id": prescription.organization_id,
            "patient_id": prescription.patient_id,
            "prescriber_id": prescription.practitioner_id,
            "due_at": prescription.valid_until,
        },
    )
    return review


def returned(prescription: Prescription) -> PrescriptionReview | None:
    """The newest verdict that sent it back, with who gave it."""
    sent_back = PrescriptionReview.objects.filter(
        prescription=prescription, status=PrescriptionReview.Status.RETURNED
    )
    return sent_back.select_related("reviewer").order_by("-version").first()


def follow_extensions() -> int:
    """The doctor let some stand for longer: their reviews wait for longer too (R51)."""
    until = Prescription.objects.filter(pk=OuterRef("prescription")).values("valid_until")
    waiting = PrescriptionReview.objects.filter(status=PrescriptionReview.Status.PENDING)
    moved = waiting.exclude(due_at=F("prescription__valid_until"))
    return moved.update(due_at=Subquery(until))


@transaction.atomic
def pass_(actor: Actor, review: PrescriptionReview, findings: list[Finding]) -> PrescriptionReview:
    """The prescription counts from now on: boxes are kept and the price is known.

    A line without boxes is told as short and not charged; the others go on.
    """
    _all_blocks(findings)
    if bad := [finding for finding in findings if not finding.is_good]:
        raise Refused(_("Return or refuse it: %(text)s") % {"text": bad[0].text})
    prescription = _locked(review)
    review.refresh_from_db()
    if review.status == PrescriptionReview.Status.PASSED:
        return review  # a second tap keeps no boxes again
    _still_safe(prescription)
    invoice = invoicing.locked(invoicing.open_for(prescription.patient))
    lines = list(prescription.lines.all())
    wanted = (line.medication_id for line in lines)
    stocking.hold(stocking.shelf(prescription.organization_id, *wanted))
    kept = [line for line in lines if _keep(line)]
    review = _decide("pass", actor, review, findings, reason="")
    PRESCRIPTION.apply("pass", prescription, actor=actor)
    for line in kept:
        product = line.medication
        box = prices.charged(prescription.organization, MEDICINE, product.code, product.price_minor)
        price = stocking.boxes_for(line) * box
        shares = insurance.split(prescription.patient, MEDICINE, price, line.medication.code)
        invoicing.add_line(actor, invoice, MEDICINE, line, price, **shares)
    _tell_passed(prescription, kept)
    return review


def _tell_passed(prescription: Prescription, kept: list[MedicationRequest]) -> None:
    if kept:
        telling.resident("prescription-passed", prescription)
    for row in Shortage.objects.filter(line__prescription=prescription, resolved_at=None):
        telling.short(row.line, row.elsewhere.name if row.elsewhere else "")


@transaction.atomic
def return_(
    actor: Actor, review: PrescriptionReview, findings: list[Finding], reason: str
) -> PrescriptionReview:
    """Back to the doctor, who corrects and signs anew; the pharmacist changes nothing (R84)."""
    return _send_back("return", actor, review, findings, reason)


@transaction.atomic
def refuse(
    actor: Actor, review: PrescriptionReview, findings: list[Finding], reason: str
) -> PrescriptionReview:
    """Not with this prescription; the doctor and the resident are told why."""
    return _send_back("refuse", actor, review, findings, reason)


def _send_back(
    step: str, actor: Actor, review: PrescriptionReview, findings: list[Finding], reason: str
) -> PrescriptionReview:
    if not reason.strip():
        raise Refused(_("Say why."))
    prescription = _locked(review)
    review = _decide(step, actor, review, findings, reason)
    sent_back = PRESCRIPTION.apply(step, prescription, actor=actor, status_reason=reason[:200])
    following.follow(sent_back)
    prescribing.take_back(prescription)
    telling.doctor(f"prescription-{review.status}", prescription)
    telling.resident("prescription-not-passed", prescription, doctor=prescription.practitioner.name)
    return review


def _decide(
    step: str, actor: Actor, review: PrescriptionReview, findings: list[Finding], reason: str
) -> PrescriptionReview:
    reviewer = Practitioner.objects.filter(user=actor.user).first() if actor.user else None
    if reviewer is None:
        raise Refused(_("Only a pharmacist of this centre can do this."))
    review = REVIEW.apply(
        step, review, actor=actor, reviewer=reviewer, reviewed_at=timezone.now(),
        status_reason=reason[:300],
    )  # fmt: skip
    for finding in findings:
        ReviewFinding.objects.get_or_create(
            review=review,
            block=finding.block,
            defaults={"is_good": finding.is_good, "text": finding.text},
        )
    return review


def _keep(line: MedicationRequest) -> bool:
    try:
        stocking.reserve(line)
    except stocking.OutOfStock:
        centre = next(iter(stocking.elsewhere(line)), None)
        Shortage.objects.get_or_create(line=line, defaults={"elsewhere": centre})
        return False
    return True


def _locked(review: PrescriptionReview) -> Prescription:
    prescription = for_update(Prescription.objects).get(pk=review.prescription_id)
    form = prescription.signed
    if form is None or form.version != review.version:
        raise Refused(_("The doctor has signed a newer form."))
    if prescription.valid_until is None or prescription.valid_until <= timezone.now():
        raise Refused(_("This prescription has expired."))
    return prescription


def _still_safe(prescription: Prescription) -> None:
    """Nothing passes with a broken signature (R56) or against an alert that stops (R83)."""
    if not prescribing.is_intact(prescription):
        raise Refused(_("The signature does not fit this prescription. Refuse it."))
    stops = [alert for alert in prescribing.alerts(prescription) if alert.blocks]
    if stops:
        raise Refused(_("Return or refuse it: %(text)s") % {"text": stops[0].text})


def _all_blocks(findings: list[Finding]) -> None:
    if sorted(finding.block for finding in findings) != sorted(ReviewFinding.Block.values):
        raise Refused(_("Look at all three: lawful, complete, suitable."))
