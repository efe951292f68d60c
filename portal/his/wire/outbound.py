"""What the portal writes into the HIS, as FHIR R4."""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import datetime
from typing import Any

from portal.his.terms import (
    AppointmentChange,
    ConsultationNote,
    Dispense,
    Person,
    PrescriptionLine,
    PrescriptionOrder,
    SlotFact,
)
from portal.his.wire.people import KEY_SYSTEM
from portal.record.facts import Coding

LOINC = "http://loinc.org"
CONSULT_NOTE = {"system": LOINC, "code": "11488-4", "display": "Consult note"}
HL7 = "http://terminology.hl7.org/CodeSystem/"
KIND_OF_SUBSTITUTION = HL7 + "v3-substanceAdminSubstitution"
WHY_SUBSTITUTED = HL7 + "v3-ActReason"
REASONS_OF_SUBSTITUTION = {"CT", "FP", "OS", "RR"}
SIGNATURE_URL = "urn:community-internet-hospital:signature"


def key_token(key: uuid.UUID) -> str:
    """How our UUID is searched for."""
    return f"{KEY_SYSTEM}|urn:uuid:{key}"


def _identifier(key: uuid.UUID) -> dict[str, str]:
    return {"system": KEY_SYSTEM, "value": f"urn:uuid:{key}"}


def _to(kind: str, name: str) -> dict[str, str]:
    return {"reference": f"{kind}/{name}"}


def _instant(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _concept(text: str, codes: tuple[Coding, ...]) -> dict[str, Any]:
    coding = [
        {"system": item.system, "code": item.code} | ({"display": item.text} if item.text else {})
        for item in codes
        if item.system and item.code
    ]
    return {"coding": coding, "text": text} if coding else {"text": text}


def patient(person: Person, key: uuid.UUID) -> dict[str, Any]:
    numbers = [
        {"value": item.value} | ({"system": item.system} if item.system else {})
        for item in person.identifiers
    ]
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "identifier": [_identifier(key), *numbers],
        "active": True,
        "name": [{"use": "official", "text": person.name}],
        "gender": person.gender,
        "birthDate": person.birth_date.isoformat(),
    }
    if person.phone:
        resource["telecom"] = [{"system": "phone", "value": person.phone}]
    return resource


def appointment(slot: SlotFact, patient_id: str, key: uuid.UUID) -> dict[str, Any]:
    people = [("Patient", patient_id), ("Practitioner", slot.doctor_id)]
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "identifier": [_identifier(key)],
        "status": "booked",
        "start": _instant(slot.start),
        "end": _instant(slot.end),
        "participant": [
            {"actor": _to(kind, name), "status": "accepted"} for kind, name in people if name
        ],
    }
    if slot.ref is not None:
        resource["slot"] = [_to("Slot", slot.ref.id)]
    return resource


def changed(appointment: dict[str, Any], change: AppointmentChange) -> dict[str, Any]:
    """The HIS's own appointment with a new status; what we do not know in it stays."""
    resource = appointment | {"status": change.status}
    if change.status == "cancelled":
        resource["cancelationReason"] = {"text": change.reason or "cancelled in the portal"}
    return resource


def document(note: ConsultationNote, key: uuid.UUID) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "identifier": [_identifier(key)],
        "masterIdentifier": _identifier(key),
        "status": "current",
        "docStatus": "final",
        "type": {"coding": [CONSULT_NOTE], "text": note.title},
        "subject": _to("Patient", note.patient_id),
        "date": _instant(note.signed_at),
        "author": [_to("Practitioner", note.doctor_id)],
        "description": note.title,
        "content": [{"attachment": _attachment(note)}],
    }
    if note.organization_id:
        resource["custodian"] = _to("Organization", note.organization_id)
    if note.appointment is not None:
        resource["context"] = {"related": [_to("Appointment", note.appointment.id)]}
    if note.replaces is not None:
        target = _to(note.replaces.type, note.replaces.id)
        resource["relatesTo"] = [{"code": "replaces", "target": target}]
    return _signed(resource, note.signature)


def _attachment(note: ConsultationNote) -> dict[str, Any]:
    # FHIR R4 wants SHA-1 here: a check against a damaged copy, the signature guards the content.
    digest = hashlib.sha1(note.content, usedforsecurity=False).digest()
    return {
        "contentType": note.content_type,
        "data": base64.b64encode(note.content).decode(),
        "size": len(note.content),
        "hash": base64.b64encode(digest).decode(),
        "title": note.title,
        "creation": _instant(note.signed_at),
    }


def _signed(resource: dict[str, Any], signature: str) -> dict[str, Any]:
    """The doctor's signature travels with what it covers."""
    if signature:
        resource["extension"] = [{"url": SIGNATURE_URL, "valueString": signature}]
    return resource


def prescriptions(order: PrescriptionOrder, key: uuid.UUID) -> list[dict[str, Any]]:
    """One MedicationRequest a line, held together by the form's identifier."""
    return [_request(order, line, key) for line in order.lines]


def _request(order: PrescriptionOrder, line: PrescriptionLine, key: uuid.UUID) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "identifier": [_identifier(line.key)],
        "groupIdentifier": _identifier(order.group or key),
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _concept(line.text, line.codings),
        "subject": _to("Patient", order.patient_id),
        "requester": _to("Practitioner", order.doctor_id),
        "authoredOn": _instant(order.authored_on),
        "courseOfTherapyType": _course("continuous" if line.continuous else "acute"),
        "dosageInstruction": [_dosage(line)],
        "dispenseRequest": _supply(order, line),
        "substitution": {"allowedBoolean": line.substitution},
    }
    if order.diagnoses:
        resource["reasonCode"] = [
            _concept(item.text or item.code, (item,)) for item in order.diagnoses
        ]
    if line.prior is not None:
        resource["priorPrescription"] = _to("MedicationRequest", line.prior.id)
    return _signed(resource, order.signature)  # fmt: skip


def _course(code: str) -> dict[str, Any]:
    return {"coding": [{"system": HL7 + "medicationrequest-course-of-therapy", "code": code}]}


def _dosage(line: PrescriptionLine) -> dict[str, Any]:
    dosage: dict[str, Any] = {"text": line.dosage}
    if line.times_a_day:
        repeat = {"frequency": line.times_a_day, "period": 1, "periodUnit": "d"}
        dosage["timing"] = {"repeat": repeat}
    if line.route:
        dosage["route"] = {"text": line.route}
    if line.dose:
        dosage["doseAndRate"] = [{"doseQuantity": {"value": line.dose, "unit": line.dose_unit}}]
    return dosage


def _supply(order: PrescriptionOrder, line: PrescriptionLine) -> dict[str, Any]:
    supply: dict[str, Any] = {"numberOfRepeatsAllowed": line.repeats_allowed}
    if order.valid_until:
        period = {"start": _instant(order.authored_on), "end": order.valid_until.isoformat()}
        supply["validityPeriod"] = period
    if line.quantity:
        supply["quantity"] = {"value": line.quantity, "unit": line.unit}
    if line.days:
        days = {
            "value": line.days,
            "unit": "day",
            "system": "http://unitsofmeasure.org",
            "code": "d",
        }
        supply["expectedSupplyDuration"] = days
    return supply  # fmt: skip


def cancelled_request(request: dict[str, Any], reason: str) -> dict[str, Any]:
    return request | {"status": "cancelled", "statusReason": {"text": reason}}


def dispense(done: Dispense, key: uuid.UUID) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "MedicationDispense",
        "identifier": [_identifier(key)],
        "status": "completed",
        "medicationCodeableConcept": _concept(done.text, done.codings),
        "subject": _to("Patient", done.patient_id),
        "authorizingPrescription": [_to("MedicationRequest", done.prescription.id)],
        "quantity": {"value": done.quantity, "unit": done.unit},
        "whenHandedOver": _instant(done.when_handed_over),
        "substitution": {"wasSubstituted": done.substituted},
    }
    if done.substitution_reason:
        resource["substitution"]["reason"] = [_substituted_why(done)]
    if done.substitution_kind:
        resource["substitution"]["type"] = _coded(KIND_OF_SUBSTITUTION, done.substitution_kind)
    if done.substitution_by:
        resource["substitution"]["responsibleParty"] = [_to("Practitioner", done.substitution_by)]
    if done.days_supply:
        resource["daysSupply"] = {"value": done.days_supply, "unit": "day"}
    if done.receiver:
        resource["receiver"] = [{"display": done.receiver}]
    if done.dispenser_id:
        resource["performer"] = [{"actor": _to("Practitioner", done.dispenser_id)}]
    return resource


def _substituted_why(done: Dispense) -> dict[str, Any]:
    """A code of the list where it is one, else the words."""
    if done.substitution_reason in REASONS_OF_SUBSTITUTION:
        return _coded(WHY_SUBSTITUTED, done.substitution_reason)
    return {"text": done.substitution_reason}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}
