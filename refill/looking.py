"""What a pharmacist may look at, asked each time (R10): one prescription, and what bears on it.

The one place where access to a record is decided for the counter: a request that a resident
grants would be asked for here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.record import prescribing, summary
from portal.record.facts import MedicineFact, Section, Summary
from portal.record.models import Prescription
from portal.record.rules import Alert
from portal.record.rules.case import NOT_TAKEN
from refill import hospital
from refill.models import MedicationDispense, PrescriptionReview, ReviewFinding
from refill.workflow import not_the_pharmacist

OPEN = (Prescription.Status.SIGNED, Prescription.Status.EFFECTIVE)


class RecordAccess:
    """Whether a pharmacist may see allergies and current medicines for one prescription now."""

    def __init__(self, actor: Actor, review: PrescriptionReview) -> None:
        self.actor, self.review = actor, review
        self.prescription = review.prescription

    def refusal(self) -> str | None:
        """Why the record stays closed: another centre, expired, decided, or dispensed already."""
        if refusal := not_the_pharmacist(self.actor, self.review):
            return refusal
        until = self.prescription.valid_until
        if self.prescription.status not in OPEN or until is None or until <= timezone.now():
            return _("The record is open only while the prescription is valid and not dispensed.")
        if _is_dispensed(self.prescription):
            return _("The record is open only while the prescription is valid and not dispensed.")
        return None


@transaction.atomic
def facts(actor: Actor, review: PrescriptionReview) -> dict[str, Any]:
    """The form's lines always; allergies, medicines and alerts only while access is open."""
    prescription = review.prescription
    shown: dict[str, Any] = {
        "prescription": prescription,
        "lines": prescription.lines.select_related("medication", "frequency"),
        "findings": review.findings.all(),
        "is_intact": prescribing.is_intact(prescription),
        "blocks": ReviewFinding.Block.choices,
        "closed": RecordAccess(actor, review).refusal(),
    }
    if shown["closed"]:
        journal.write(actor, "look", review, purpose="form")
        return shown
    record = without_own_orders(summary.read(review.patient), prescription)
    journal.write(actor, "look", review, purpose="review")
    return shown | {
        "alerts": answered(prescription, prescribing.alerts(prescription, record)),
        "allergies": record.allergies,
        "medicines": current(record.medicines),
    }


def answered(prescription: Prescription, alerts: list[Alert]) -> list[dict[str, Any]]:
    """Each alert with the doctor's answer, and the answers to alerts that no longer stand."""
    said = {row.alert_key: row for row in prescription.overrides.select_related("by")}
    rows: list[dict[str, Any]] = [
        {"alert": alert, "override": said.pop(alert.key, None)} for alert in alerts
    ]
    return rows + [{"alert": None, "override": row} for row in said.values()]


def without_own_orders(record: Summary, prescription: Prescription) -> Summary:
    """The hospital's copy of this very form is no second medicine."""
    own = set(hospital.orders_of(prescription))
    medicines = record.medicines
    if medicines.entries is None:
        return record
    kept = tuple(fact for fact in medicines.entries if fact.reference not in own)
    return replace(record, medicines=replace(medicines, entries=kept))


def current(medicines: Section[MedicineFact]) -> Section[MedicineFact]:
    """What is taken now; what was stopped or is finished stays closed."""
    if medicines.entries is None:
        return medicines
    taken = tuple(fact for fact in medicines.entries if fact.status not in NOT_TAKEN)
    return replace(medicines, entries=taken)


def _is_dispensed(prescription: Prescription) -> bool:
    done = MedicationDispense.Status.COMPLETED
    return MedicationDispense.objects.filter(prescription=prescription, status=done).exists()
