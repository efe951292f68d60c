"""The prescription as it is signed: every field the law names (R54), in one plain document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.record.models import MedicationRequest, Prescription
from portal.terminology import units

FORMAT = "portal-prescription/1"


def document(row: Prescription) -> dict[str, Any]:
    """All that is signed, as text, whole numbers and lists; names in both languages."""
    patient, doctor = row.patient, row.practitioner
    zone = row.organization.zone
    day = (row.signed_at or row.authored_on).astimezone(zone).date()
    lines = row.lines.select_related("medication", "frequency")
    return {
        "format": FORMAT,
        "prescription": str(row.pk),
        "group_identifier": str(row.group_identifier),
        "institution": {"id": str(row.organization_id), "name": row.organization.name},
        "department": doctor.department,
        "patient": {
            "id": str(patient.pk),
            "record_number": patient.his_id,
            "name": patient.name,
            "gender": patient.gender,
            "birth_date": patient.birth_date.isoformat(),
            "age": patient.age_on(day),
        },
        "doctor": {
            "id": str(doctor.pk),
            "name": doctor.name,
            "title": doctor.title,
            "licence_number": doctor.licence_number,
        },
        "encounter": str(row.encounter_id or ""),
        "diagnosis": row.diagnosis,
        "lines": [_line(line) for line in lines],
        "overrides": [
            {"alert": item.alert_key, "reason": item.code, "text": item.text}
            for item in row.overrides.order_by("alert_key")
        ],
        "guardian": row.guardian_name,
        "confirmed_as_of": _moment(row.confirmed_as_of),
        "signed_at": _moment(row.signed_at),
        "valid_until": _moment(row.valid_until),
    }


def rendering(signed: dict[str, Any]) -> str:
    """The same document as a person reads it, in both languages."""
    patient, doctor = signed["patient"], signed["doctor"]
    head = [
        f"{signed['institution']['name']} · {signed['department']}",
        f"{patient['name']} · {patient['gender']} · {patient['age']} · {patient['record_number']}",
        "; ".join(f"{d['code']} {d['name_en']} {d['name_zh']}" for d in signed["diagnosis"]),
    ]
    body = [
        f"{line['position']}. {line['name_zh']} {line['name_en']} {line['strength']} {line['form']}"
        f" × {line['quantity']} {line['unit']}\n   {directions(line)}"
        for line in signed["lines"]
    ]
    foot = f"{doctor['name']} ({doctor['licence_number']}) {signed['signed_at']}"
    return "\n".join([*head, *body, foot])


def directions(line: dict[str, Any]) -> str:
    """How to take it: never a bare count, always with what one unit holds (R79)."""
    dose = f"{line['dose']} {line['dose_unit']} ({line['strength']} {line['unit']})"
    often = f"{line['frequency_zh']} {line['frequency_en']}"
    return " · ".join(filter(None, [dose, often, f"{line['days']} d", line["instruction"]]))


def _line(line: MedicationRequest) -> dict[str, Any]:
    medication, frequency = line.medication, line.frequency
    return {
        "id": str(line.pk),
        "position": line.position,
        "code": medication.code,
        "atc": medication.atc,
        "name_en": medication.name_en,
        "name_zh": medication.name_zh,
        "form": medication.form,
        "strength": medication.strength,
        "unit": medication.unit,
        "route": medication.route,
        "dose": units.plain(line.dose),
        "dose_unit": line.dose_unit,
        "frequency": frequency.code,
        "frequency_en": frequency.name_en,
        "frequency_zh": frequency.name_zh,
        "doses_per_day": units.plain(frequency.doses_per_day),
        "days": line.days,
        "days_reason": line.days_reason,
        "quantity": units.plain(line.quantity),
        "instruction": line.instruction,
        "course_of_therapy": line.course_of_therapy,
        "number_of_repeats_allowed": line.number_of_repeats_allowed,
        "continues": line.continues,
        "prior_prescription": str(line.prior_prescription_id or ""),
        "price_minor": medication.price_minor,
        "currency": medication.currency,
    }


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
