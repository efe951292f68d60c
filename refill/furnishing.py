"""The counter of the demo: boxes on the shelf, and a form on its way through the pharmacist."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import User
from portal.accounts.sessions import open_session
from portal.his import snapshot
from portal.his.port import SECTIONS
from portal.organization.models import Organization
from portal.payment import invoicing
from portal.record import prescribing, signing, summary
from portal.record.models import AlertOverride, Patient, Practitioner, Prescription
from portal.sandbox.cast import PASSWORD
from portal.sandbox.scenes.registry import Ids, furniture, scene
from portal.terminology.models import Frequency, Medication
from portal.workflow import Refused
from refill import reviewing, stocking
from refill.models import (
    MedicationDispense,
    PickUp,
    PrescriptionReview,
    ReviewFinding,
    StockItem,
    StockMovement,
)

AMLODIPINE = "86900000000010"
LOTS = (("SOON-1", 60, 6), ("DEMO-A", 400, 60))  # number, days it lasts, boxes
WHY = "Stable for years, long-term medicine. 长期用药,病情稳定。"


@furniture
def boxes_on_the_shelves() -> None:
    """Each centre has a few boxes of every medicine, some of them soon to expire."""
    for centre in Organization.objects.all():
        if not StockItem.objects.filter(organization=centre).exists():
            _fill(centre)


@scene("signed-form", needs_hospital=True)
def signed_form() -> Ids:
    """Dr Li has signed four weeks of amlodipine for Chen: it waits for the pharmacist."""
    chen = Patient.objects.select_related("organization", "user").get(his_id="chen")
    _clear(chen)
    for section in SECTIONS:
        snapshot.refresh(chen.pk, section)
    form = _sign(chen)
    review = PrescriptionReview.objects.get(prescription=form)
    return {"prescription": str(form.pk), "review": str(review.pk), "patient": str(chen.pk)}


@scene("to-pack", needs_hospital=True)
def to_pack() -> Ids:
    """The same, passed and paid: the pharmacist packs it, and Chen comes for it."""
    ids = signed_form()
    review = PrescriptionReview.objects.get(pk=ids["review"])
    findings = [reviewing.Finding(block, True) for block in ReviewFinding.Block.values]
    line = review.prescription.lines.select_related("medication").get()
    if not stocking.available(line.medication, review.organization_id, _later(90)):
        stocking.receive(
            _actor("sun"), line.medication, f"D{timezone.now():%H%M%S}", _later(400), 9
        )
    reviewing.pass_(_actor("sun"), review, findings)
    bill = invoicing.open_for(review.patient)
    for charge in bill.lines.filter(withdrawn_at=None, waived_minor=0, cash_minor__gt=0):
        invoicing.waive(SYSTEM, charge, charge.cash_minor, "demo")
    invoicing.issue(SYSTEM, bill)
    dispense = MedicationDispense.objects.get(line=line)
    return {**ids, "dispense": str(dispense.pk), "invoice": str(bill.pk)}


def _fill(centre: Organization) -> None:
    medicines = Medication.objects.filter(is_active=True, control=Medication.Control.NONE)
    items = StockItem.objects.bulk_create(
        StockItem(
            organization=centre,
            medication=medication,
            lot_number=f"{number}-{medication.pk}",
            expires=_later(days),
            boxes=boxes,
        )
        for medication in medicines
        for number, days, boxes in LOTS
    )
    StockMovement.objects.bulk_create(
        StockMovement(item=item, kind=StockMovement.Kind.RECEIVED, boxes=item.boxes)
        for item in items
    )


def _clear(chen: Patient) -> None:
    """What an earlier scene left with the pharmacist is taken back, or has been collected."""
    for form in Prescription.objects.filter(patient=chen, status__in=("signed", "effective")):
        try:
            prescribing.cancel(Actor.of(form.practitioner.user), form, "another scene begins")
        except Refused:
            continue  # packed: the resident comes for it
    PickUp.objects.filter(patient=chen, status="stopped").update(status="open", wrong_tries=0)


def _sign(chen: Patient) -> Prescription:
    doctor = Practitioner.objects.select_related("user").get(user__username="dr_li")
    session = import_module(settings.SESSION_ENGINE).SessionStore(open_session(doctor.user))
    key = signing.open_for(session, doctor, PASSWORD)
    actor = Actor.of(doctor.user, key.session_key)
    record = summary.read(chen)
    taken = record.medicines.entries or ()
    order = next((fact.reference for fact in taken if fact.atc == "C08CA01"), "")
    draft = prescribing.draft(actor, chen, None, "I10")
    tablet, daily = Medication.objects.get(code=AMLODIPINE), Frequency.objects.get(code="qd")
    prescribing.add_line(actor, draft, tablet, 1, daily, 28, continues=order, days_reason=WHY)
    for alert in prescribing.unanswered(draft, prescribing.alerts(draft)):
        prescribing.override(actor, draft, alert.key, AlertOverride.Reason.CONTINUED, WHY)
    confirmed = None
    if summary.needs_confirmation(record):
        confirmed = summary.as_of(record) or timezone.now()
    return prescribing.sign(actor, draft, key, confirmed_as_of=confirmed)


def _later(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def _actor(username: str) -> Actor:
    return Actor.of(User.objects.get(username=username))
