"""Each resource in one line that a person at the hospital would say."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from typing import Any

from portal.sandbox.hospital.parameters import walk
from portal.sandbox.vocabulary import Resource

#: Where each type says what it is about, where it says how things stand, where it says when.
ABOUT = {
    "AllergyIntolerance": "code",
    "Condition": "code",
    "Observation": "code",
    "DiagnosticReport": "code",
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationDispense": "medicationCodeableConcept",
    "DocumentReference": "type",
    "Composition": "type",
    "Encounter": "type",
    "EpisodeOfCare": "type",
    "Immunization": "vaccineCode",
    "ServiceRequest": "code",
}
WHEN = (
    "start", "authoredOn", "whenHandedOver", "date", "effectiveDateTime", "recordedDate",
    "occurrenceDateTime", "period.start",
)  # fmt: skip


def title(body: Resource) -> str:
    """What it is about."""
    if body["resourceType"] == "Patient":
        return name_of(body)
    concept = next(walk(body, ABOUT.get(body["resourceType"], "description")), None)
    if isinstance(concept, str):
        return concept
    return _words(concept) or body["resourceType"]


def detail(body: Resource) -> str:
    """Value, dosage or the beginning of the text."""
    parts = [_measured(part) for part in (body, *walk(body, "component"))]
    parts += [str(text) for text in walk(body, "dosageInstruction.text")]
    parts += [_text(attachment) for attachment in walk(body, "content.attachment")]
    return " · ".join(part for part in parts if part)


def status(body: Resource) -> str:
    found = body.get("status") or next(walk(body, "clinicalStatus.coding.code"), "")
    return str(found)


def when(body: Resource) -> str:
    """The moment as written, to the minute."""
    found = (value for path in WHEN for value in walk(body, path))
    return str(next(found, ""))[:16].replace("T", " ")


def name_of(patient: Resource) -> str:
    names = [
        name.get("text") or " ".join([*walk(name, "given"), name.get("family", "")])
        for name in walk(patient, "name")
    ]
    return " · ".join(str(name) for name in names) or str(patient["id"])


def patient_of(body: Resource) -> str:
    """`Patient/…` this belongs to, or nothing."""
    if body["resourceType"] == "Patient":
        return f"Patient/{body['id']}"
    paths = ("subject.reference", "patient.reference", "participant.actor.reference")
    found = (str(value) for path in paths for value in walk(body, path))
    return next((value for value in found if value.startswith("Patient/")), "")


def _words(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    found = (concept.get("text"), *walk(concept, "coding.display"), *walk(concept, "coding.code"))
    return str(next((word for word in found if word), ""))


def _measured(part: Resource) -> str:
    value = part.get("valueQuantity")
    if not isinstance(value, dict):
        return str(part.get("valueString", ""))
    return f"{_words(part.get('code'))} {value.get('value')} {value.get('unit', '')}".strip()


def _text(attachment: Any) -> str:
    kind = str(attachment.get("contentType", ""))
    shown = str(attachment.get("title", ""))
    if not kind.startswith("text/") or "html" in kind:
        return shown or kind
    try:
        return b64decode(str(attachment.get("data", ""))).decode()[:2000]
    except (Error, UnicodeDecodeError):
        return shown
