"""What a pharmacist looks at before a verdict: the form, allergies, current medicines, alerts.

Every look is written down, asked for anew each time (R10, domain: access request).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.record import prescribing, summary
from refill.models import PrescriptionReview


@transaction.atomic
def facts(actor: Actor, review: PrescriptionReview) -> dict[str, Any]:
    """The prescription's lines, alerts with who overrode them, allergies and medicines."""
    prescription = review.prescription
    record = summary.read(review.patient)
    journal.write(actor, "look", review)
    return {
        "prescription": prescription,
        "lines": prescription.lines.select_related("medication", "frequency"),
        "alerts": prescribing.alerts(prescription),
        "overrides": prescription.overrides.select_related("by"),
        "allergies": record.allergies,
        "medicines": record.medicines,
        "is_intact": prescribing.is_intact(prescription),
    }
