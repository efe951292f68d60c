"""The prescription as it is signed: every field the law names (R54), in one plain document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import override

from portal.record.models import MedicationRequest, Prescription
from portal.record.models.people import Gender
from portal.terminology import units
from portal.terminology.models import Medication

FORMAT = "portal-prescription/1"


def document(row: Prescription) -> dict[str, Any]:
    """All that is signed, as text, whole numbers and lists; names in both languages."""
    lines = row.lines.select_related("medication", "frequency")
    return {
        "format": FORMAT,
        "prescription": str(row.pk),
        "group_identifier": str(row.group_identifier),
        **_people(row),
        "encounter": str(row.encounter_id or ""),
        "diagnosis": row.diagnosis,
        "lines": [_line(line) for line in lines],
        "overrides": [
            {"alert": item.alert_key, "reason": item.code, "text": item.text}
            for item in row.overrides.order_by("alert_key")
        ],
        "guardian": row.guardian_name,
        "long_term": {**row.long_assessment, "agreed_at": _moment(row.long_agreed_at)},
        "confirmed_as_of": _moment(row.confirmed_as_of),
        "signed_at": _moment(row.signed_at),
        "valid_until": _moment(row.valid_until),
    }


def _people(row: Prescription) -> dict[str, Any]:
    """The institution, the patient and the doctor."""
    patient, doctor = row.patient, row.practitioner
    day = (row.signed_at or row.authored_on).astimezone(row.organization.zone).date()
    return {
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
    }


def preview(row: Prescription) -> str:
    """What will be signed, as a person reads it, before the signature (R57)."""
    return rendering(document(row))


def rendering(signed: dict[str, Any]) -> str:
    """The same document as a person reads it, in both languages."""
    patient, doctor = signed["patient"], signed["doctor"]
    gender = _both(Gender, patient["gender"])
    head = [
        f"{signed['institution']['name']} · {signed['department']}",
        f"{patient['name']} · {gender} · {patient['age']} · {patient['record_number']}",
        "; ".join(f"{d['code']} {d['name_en']} {d['name_zh']}" for d in signed["diagnosis"]),
    ]
    foot = f"{doctor['name']} ({doctor['licence_number']}) {signed['signed_at']}"
    return "\n".join([*head, *map(_line_for_people, signed["lines"]), foot])


def _line_for_people(line: dict[str, Any]) -> str:
    """Never a bare count: always with what one unit holds (R79)."""
    unit = _both(Medication.Unit, line["unit"])
    what = f"{line['position']}. {line['name_zh']} {line['name_en']} {line['strength']}"
    often = f"{line['frequency_zh']} {line['frequency_en']}"
    how = [
        f"{line['dose']} {_both(Medication.Unit, line['dose_unit'])} ({line['strength']} {unit})",
        _both(Medication.Route, line["route"]),
        often,
        f"{line['days']} d",
        line["instruction"],
        "不得替换 no substitution" if line.get("substitution") == "forbidden" else "",
    ]
    packed = f"{_both(Medication.Form, line['form'])} × {line['quantity']} {unit}"
    return f"{what} {packed}\n   {' · '.join(filter(None, how))}"


def _both(choices: type[models.TextChoices], code: str) -> str:
    """The word of a code in Chinese and English; a code without a word stays as it is."""
    if code not in choices.values:
        return code
    with override("zh-hans"):
        chinese = str(choices(code).label)
    with override("en"):
        english = str(choices(code).label)
    return english if chinese == english else f"{chinese} {english}"


def _line(line: MedicationRequest) -> dict[str, Any]:
    return {
        "id": str(line.pk),
        "position": line.position,
        **_what(line.medication),
        **_how(line),
        "days": line.days,
        "days_reason": line.days_reason,
        "quantity": units.plain(line.quantity),
        "course_of_therapy": line.course_of_therapy,
        "number_of_repeats_allowed": line.number_of_repeats_allowed,
        "continues": line.continues,
        "prior_prescription": str(line.prior_prescription_id or ""),
        # Said only where it was said: forms signed before stay byte for byte what they were.
        **({"substitution": "forbidden"} if line.is_substitution_allowed is False else {}),
    }


def _what(medication: Medication) -> dict[str, Any]:
    return {
        "code": medication.code,
        "atc": medication.atc,
        "name_en": medication.name_en,
        "name_zh": medication.name_zh,
        "form": medication.form,
        "strength": medication.strength,
        "unit": medication.unit,
        "route": medication.route,
        "price_minor": medication.price_minor,
        "currency": medication.currency,
    }


def _how(line: MedicationRequest) -> dict[str, Any]:
    frequency = line.frequency
    return {
        "dose": units.plain(line.dose),
        "dose_unit": line.dose_unit,
        "frequency": frequency.code,
        "frequency_en": frequency.name_en,
        "frequency_zh": frequency.name_zh,
        "doses_per_day": units.plain(frequency.doses_per_day),
        "instruction": line.instruction,
    }


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
