"""The note in words, as it is shown, signed and sent: one text, the same for all three (R57)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from consult.models import ConsultationRecord


def as_written(note: ConsultationRecord, signed_at: datetime) -> str:
    """The whole note, line by line; the same note and moment always give the same text."""
    return "\n".join(f"{label}: {value}" for label, value in _lines(note, signed_at)) + "\n"


def _lines(note: ConsultationRecord, signed_at: datetime) -> list[tuple[str, str]]:
    patient, doctor, visit = note.patient, note.practitioner, note.encounter
    zone = note.organization.zone
    began = timezone.localtime(visit.started_at, zone) if visit.started_at else None
    return [
        (_("Online follow-up"), note.organization.name),
        (_("Case"), str(visit.pk)),
        (_("Resident"), f"{patient.name}, {patient.get_gender_display()}, {patient.birth_date}"),
        (_("Record number"), patient.his_id),
        (_("Doctor"), f"{doctor.name}, {doctor.get_title_display()}, {doctor.department}"),
        (_("Licence"), doctor.licence_number),
        (_("Begun"), f"{began:%Y-%m-%d %H:%M %z}" if began else ""),
        (_("Evidence used"), _evidence(note)),
        (_("Conditions of a follow-up"), str(note.get_verdict_display())),
        (_("Complaint"), note.complaint),
        (_("History"), note.history),
        (_("Assessment"), "; ".join(f"{d['code']} {d['text']}" for d in note.assessment)),
        (_("Advice"), note.advice),
        (_("Next review"), note.next_review.isoformat() if note.next_review else ""),
        (_("Ended early because"), str(visit.get_status_reason_display())),
        (_("Signed at"), f"{timezone.localtime(signed_at, zone):%Y-%m-%d %H:%M:%S %z}"),
    ]


def _evidence(note: ConsultationRecord) -> str:
    items = note.encounter.appointment.evidence
    return "; ".join(f"{item['icd10']} {item['text']} ({item['day']})".strip() for item in items)
