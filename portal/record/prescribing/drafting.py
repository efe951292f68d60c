"""Write a draft: the diagnosis and one line after another, each added by the doctor (R49)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.record.models import MedicationRequest, Patient, Prescription
from portal.record.prescribing.alerting import alerts, note_fired
from portal.record.prescribing.long_term import is_long, lapse
from portal.record.prescribing.refusing import doctor_of, held_draft, optional_words
from portal.record.rules import amounts, form
from portal.record.rules.checking import line_of
from portal.terminology import icd10, parameters
from portal.terminology.models import Frequency, Medication
from portal.terminology.units import UnitMismatch
from portal.workflow import Refused

MOST_DAYS = 366
MOST_AMOUNT = Decimal(100_000)


class LineFacts(TypedDict, total=False):
    """What may be said about a line beside medicine, dose, frequency and days."""

    dose_unit: str
    quantity: Decimal | None
    days_reason: str
    instruction: str
    continues: str
    prior_prescription: MedicationRequest | None
    number_of_repeats_allowed: int
    course_of_therapy: str
    is_substitution_allowed: bool | None


@transaction.atomic
def draft(
    actor: Actor,
    patient: Patient,
    encounter_id: uuid.UUID | None,
    diagnosis: str | Sequence[str],
) -> Prescription:
    """Open a draft of this visit, or go on with the one that is open. Raises Refused."""
    practitioner = doctor_of(actor)
    if patient.organization_id != practitioner.organization_id:
        raise Refused(_("This resident belongs to another centre."))
    facts = {
        "organization_id": practitioner.organization_id,
        "patient": patient,
        "diagnosis": _diagnoses(diagnosis),
        "authored_on": timezone.now(),
    }
    if encounter_id is None:
        row, is_new = Prescription.objects.create(practitioner=practitioner, **facts), True
    else:
        row, is_new = Prescription.objects.get_or_create(
            encounter_id=encounter_id,
            practitioner=practitioner,
            status=Prescription.Status.DRAFT,
            defaults=facts,
        )
    if row.patient_id != patient.pk:
        raise Refused(_("This visit has a prescription for another resident."))
    if is_new:
        journal.write(actor, "draft", row, after=row.status)
        return row
    return set_diagnosis(actor, row, diagnosis)


@transaction.atomic
def set_diagnosis(
    actor: Actor, prescription: Prescription, diagnosis: str | Sequence[str]
) -> Prescription:
    """Write the diagnosis anew, in the words of today (R172). Raises Refused."""
    row = held_draft(actor, prescription)
    before, row.diagnosis = row.diagnosis, _diagnoses(diagnosis)
    if row.diagnosis != before:
        row.save(update_fields=["diagnosis"])
        journal.write(actor, "set-diagnosis", row, count=len(row.diagnosis))
    return row


@transaction.atomic
def add_line(
    actor: Actor,
    prescription: Prescription,
    medication: Medication,
    dose: Decimal | str | int,
    frequency: Frequency,
    days: int,
    **more: Unpack[LineFacts],
) -> MedicationRequest:
    """Add one medicine. `dose` counts tablets, mL … unless `dose_unit` says mg, IU … (R79).

    Without `quantity` it is what the days need. `continues` is the HIS order this carries on.
    Raises Refused.
    """
    row = held_draft(actor, prescription)
    line = _line(row, medication, dose, frequency, days, more)
    if medication.is_forbidden_online:
        raise Refused(form.never_online(line_of(line)))  # R55
    line.save(force_insert=True)
    if is_long(line):
        lapse(actor, row)
    note_fired(row, (alert for alert in alerts(row) if alert.line == line.position))
    journal.write(actor, "add-line", row, position=line.position)
    return line


@transaction.atomic
def remove_line(actor: Actor, prescription: Prescription, line_id: uuid.UUID) -> None:
    """Take one medicine off the draft. Raises Refused."""
    row = held_draft(actor, prescription)
    line = row.lines.filter(pk=line_id).first()
    if line is None:
        raise Refused(_("This medicine is not on the prescription any more."))
    position = line.position
    line.delete()
    journal.write(actor, "remove-line", row, position=position)


def _line(
    row: Prescription,
    medication: Medication,
    dose: Any,
    frequency: Frequency,
    days: Any,
    more: LineFacts,
) -> MedicationRequest:
    """The line as the doctor says it, on the first free place; not stored yet."""
    line = MedicationRequest(
        organization_id=row.organization_id,
        prescription=row,
        patient_id=row.patient_id,
        position=_free_position(row),
        medication=medication,
        dose=_amount(dose),
        frequency=frequency,
        days=_days(days),
        **_more(row, medication, more),
    )
    line.quantity = _quantity(line, more.get("quantity"))
    return line


def _diagnoses(codes: str | Sequence[str]) -> list[dict[str, str]]:
    wanted = [codes] if isinstance(codes, str) else list(codes)
    found = [icd10.find(code) for code in wanted]
    if not wanted or not all(found):
        raise Refused(_("There is no such diagnosis. Choose one from the list."))
    return [
        {"code": known.code, "name_en": known.name_en, "name_zh": known.name_zh}
        for known in found
        if known
    ]


def _free_position(row: Prescription) -> int:
    """The first free place; R53 allows five."""
    taken = set(row.lines.values_list("position", flat=True))
    most = min(parameters.value("rx.max_items"), 5)
    free = next((place for place in range(1, most + 1) if place not in taken), None)
    if free is None:
        raise Refused(
            _("At most %(most)s medicines on one prescription: split it.") % {"most": most}
        )
    return free


def _more(row: Prescription, medication: Medication, more: LineFacts) -> dict[str, Any]:
    if not medication.is_active:
        raise Refused(_("%(medicine)s is no longer available.") % {"medicine": medication})
    repeats = more.get("number_of_repeats_allowed", 0)
    course = more.get("course_of_therapy", MedicationRequest.Course.ACUTE)
    if not isinstance(repeats, int) or not 0 <= repeats <= 12:
        raise Refused(_("Allow between 0 and 12 repeats."))
    if course not in MedicationRequest.Course.values:
        raise Refused(_("Say whether this is for a short time or long-term."))
    return {
        "dose_unit": more.get("dose_unit") or medication.unit,
        "days_reason": optional_words(more.get("days_reason", ""), 200),
        "instruction": optional_words(more.get("instruction", ""), 200),
        "continues": optional_words(more.get("continues", ""), 120),
        "prior_prescription": _prior(row, medication, more.get("prior_prescription")),
        "number_of_repeats_allowed": repeats,
        "course_of_therapy": course,
        "is_substitution_allowed": more.get("is_substitution_allowed"),
    }


def _prior(
    row: Prescription, medication: Medication, prior: MedicationRequest | None
) -> MedicationRequest | None:
    """The signed line that a renewal carries on: the same person's, of the same substances."""
    if prior is None:
        return None
    signed = prior.prescription.signed_at is not None
    same = (
        prior.patient_id == row.patient_id and prior.medication.substances == medication.substances
    )
    if not signed or not same:
        raise Refused(_("This is not a renewal of an earlier medicine."))
    return prior


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise Refused(_("Write the dose as a number.")) from None
    if not amount.is_finite() or not 0 < amount < MOST_AMOUNT:
        raise Refused(_("Write the dose as a number above zero."))
    if amount != round(amount, 3):
        raise Refused(_("Write the dose with at most three decimal places."))
    return amount


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise Refused(_("Write for how many days, between 1 and %(most)s.") % {"most": MOST_DAYS})
    return value


def _quantity(line: MedicationRequest, wanted: Any) -> Decimal:
    """As written, or what the days need; never less than nothing."""
    if wanted is not None:
        return round(_amount(wanted), 2)
    try:
        needed = amounts.units_needed(
            line.medication, line.dose, line.dose_unit, line.frequency.doses_per_day, line.days
        )
    except UnitMismatch:
        raise Refused(_("This dose unit does not fit the medicine.")) from None
    return max(round(needed, 2), Decimal("0.01"))
