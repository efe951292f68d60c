"""Another product for the one that was written: only where the profile allows (R84, R164)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.record.models import MedicationRequest
from portal.terminology import parameters
from portal.terminology.models import Medication

PARAMETER = "dispense.substitution_allowed"


def refusal(line: MedicationRequest, medication: Medication) -> str | None:
    """Why this product may not be handed out for this line; None when it may."""
    if medication.pk == line.medication_id:
        return None
    if not parameters.value(PARAMETER):
        return _("Nothing is swapped at the counter. Return it to the doctor.")
    written = line.medication
    if _made_of(medication) != _made_of(written):
        return _("It is not the same substance, strength, form and route.")
    if medication.price_minor > written.price_minor:
        return _("It costs the resident more.")
    return None


def _made_of(medication: Medication) -> tuple[Any, ...]:
    parts = {(part["substance"], part["value"], part["unit"]) for part in medication.ingredients}
    return parts, medication.form, medication.route, medication.unit, medication.pack_size
