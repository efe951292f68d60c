"""All checks, one after another, over one case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from portal.record.facts import MedicineFact, Summary
from portal.record.models import MedicationRequest, Patient, Practitioner, Prescription
from portal.record.rules import (
    allergies,
    amounts,
    duplicates,
    form,
    interactions,
    length,
    monitoring,
    person,
)
from portal.record.rules.alert import ORDER, Alert
from portal.record.rules.case import Case, Line
from portal.terminology import parameters

Check = Callable[[Case], Iterator[Alert]]
CHECKS: tuple[Check, ...] = (
    form.check,
    allergies.check,
    interactions.check,
    duplicates.check,
    amounts.check,
    length.check,
    monitoring.check,
    person.check,
)
LIMITS = (
    "child.guardian_specialist_age_lt", "child.specialist_departments", "elder.age",
    "kidney.reading_max_age_days", "ltp.cold_storage_allowed", "ltp.days_max",
    "ltp.days_standard", "ltp.first_min_title", "ltp.first_online", "pregnancy.asked_from_age",
    "pregnancy.asked_to_age", "refill.open_days_left", "rx.days_ordinary",
    "rx.forbidden_controls", "rx.max_items", "scope.child_age_lt", "scope.child_only_departments",
)  # fmt: skip


def check(
    lines: Iterable[MedicationRequest],
    patient: Patient,
    summary: Summary,
    on: date,
    *,
    practitioner: Practitioner | None = None,
    prescription: Prescription | None = None,
    portal_medicines: Sequence[MedicineFact] = (),
) -> list[Alert]:
    """Everything the checks find, the worst first.

    Without a `prescription` only the medicines are judged; with it also its form: diagnosis,
    guardian, the conditions of a long prescription.
    """
    form_facts = _form(prescription) if prescription else {"diagnosis": ("-",)}
    case = Case(
        lines=[line_of(line) for line in lines],
        birth_date=patient.birth_date,
        gender=patient.gender,
        name=patient.name,
        summary=summary,
        on=on,
        limits={key: parameters.value(key, on=on) for key in LIMITS},
        department=practitioner.department if practitioner else None,
        title=practitioner.title if practitioner else "",
        portal_medicines=portal_medicines,
        **form_facts,
    )
    return judge(case)


def judge(case: Case) -> list[Alert]:
    """The findings over a case, each once, the worst first; needs no database."""
    found: dict[str, Alert] = {}
    for one in CHECKS:
        for alert in one(case):
            kept = found.get(alert.key)
            if kept is None or ORDER.index(alert.severity) < ORDER.index(kept.severity):
                found[alert.key] = alert
    return sorted(found.values(), key=lambda alert: (ORDER.index(alert.severity), alert.line or 0))


def versions(on: date) -> dict[str, str]:
    """Which version of each limit a decision of that day uses."""
    return {key: parameters.version(key, on=on) for key in LIMITS}


def line_of(request: MedicationRequest) -> Line:
    """A prescription line as the checks see it."""
    return Line(
        position=request.position,
        medication=request.medication,
        dose=request.dose,
        dose_unit=request.dose_unit,
        frequency=request.frequency,
        days=request.days,
        quantity=request.quantity,
        days_reason=request.days_reason,
        instruction=request.instruction,
        continues=request.continues,
        is_renewal=request.prior_prescription_id is not None,
    )


def _form(prescription: Prescription) -> Mapping[str, Any]:
    return {
        "diagnosis": tuple(entry["code"] for entry in prescription.diagnosis),
        "has_guardian": prescription.guardian_confirmed_at is not None,
        "long_assessment": prescription.long_assessment,
        "has_agreed": prescription.long_agreed_at is not None,
    }
