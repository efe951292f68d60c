"""What the portal's own record tells the HIS: new people and signed prescriptions.

A service registers its own messages (appointments, notes) beside its own rows.
"""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from portal.his import questions
from portal.his.connecting import connect
from portal.his.errors import Rejected
from portal.his.models import RegistrarTask
from portal.his.port import HisRef, Identifier, Person, PrescriptionLine, PrescriptionOrder
from portal.outbox.models import OutboxMessage
from portal.outbox.outcomes import GivenUp
from portal.outbox.relaying import handles
from portal.record.facts import Coding
from portal.record.models import MedicationRequest, Patient, Prescription
from portal.terminology import parameters
from portal.terminology.models import Medication

ATC = "http://www.whocc.no/atc"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
TAKEN_BACK = ("draft", "returned", "refused", "cancelled")
OWN_CODES = "urn:community-internet-hospital:medication"


@handles("his.register")
def register(message: OutboxMessage) -> HisRef:
    """Open a record for a resident whom the HIS does not know; payload {"patient": id}."""
    patient = Patient.objects.select_related("organization").get(pk=message.payload["patient"])
    if patient.his_id:
        return HisRef("Patient", patient.his_id)
    port = connect(patient.organization)
    try:
        ref = port.register_patient(person_of(patient), message.key, again=message.may_have_arrived)
    except Rejected:  # a HIS that lets nobody be registered from outside
        questions.ask(patient.organization, RegistrarTask.Kind.NO_MATCH, patient=patient)
        raise
    Patient.objects.filter(pk=patient.pk, his_id="").update(his_id=ref.id)
    return ref


def person_of(patient: Patient) -> Person:
    """Who this is, as the HIS would look for them."""
    number = Identifier(settings.HIS_IDENTITY_SYSTEM, patient.id_number)
    return Person(
        name=patient.name,
        birth_date=patient.birth_date,
        gender=patient.gender,
        identifiers=(number,) if patient.id_number else (),
    )


@handles("his.prescription")
def prescribe(message: OutboxMessage) -> tuple[HisRef, ...]:
    """Store a signed prescription, or take it back.

    payload {"prescription": id}, and {"prescription": id, "status": "cancelled"} afterwards.
    """
    prescription = (
        Prescription.objects.select_related("patient", "practitioner", "organization")
        .prefetch_related("lines__medication", "lines__frequency")
        .get(pk=message.payload["prescription"])
    )
    if not prescription.patient.his_id:
        raise GivenUp("the resident is not linked to a hospital record")
    port = connect(prescription.organization)
    if message.payload.get("status") == "cancelled":
        reason = prescription.status_reason or "cancelled"
        return port.cancel_prescription(_written(message), reason, message.key)
    if not _is_in_force(prescription, message) and not message.may_have_arrived:
        return ()  # taken back before it was ever sent
    return port.write_prescription(
        order_of(prescription, message.key),
        message.key,
        again=message.may_have_arrived,
    )


def _is_in_force(prescription: Prescription, message: OutboxMessage) -> bool:
    """Is the signed version that this message was written for still the one that counts?"""
    signed = prescription.signed
    return prescription.status not in TAKEN_BACK and (signed is None or signed.pk == message.key)


def _written(message: OutboxMessage) -> list[HisRef]:
    """Where the HIS keeps the lines: the last message that wrote them went before this one."""
    wrote = OutboxMessage.objects.filter(
        kind="his.prescription",
        payload={"prescription": message.payload["prescription"]},
        pk__lt=message.pk,
        state=OutboxMessage.State.DONE,
    )
    last = wrote.order_by("-pk").first()
    names = last.remote_ref.split(",") if last and last.remote_ref else []
    return [HisRef.parse(name) for name in names]


def order_of(prescription: Prescription, version: uuid.UUID) -> PrescriptionOrder:
    """The signed form in the words of the port; a form signed anew is written anew."""
    signed = prescription.signed
    authored = prescription.signed_at or prescription.authored_on
    return PrescriptionOrder(
        patient_id=prescription.patient.his_id,
        doctor_id=prescription.practitioner.his_id,
        authored_on=authored.astimezone(prescription.organization.zone),
        lines=tuple(_line(line, version) for line in prescription.lines.all()),
        diagnoses=tuple(map(_diagnosis, prescription.diagnosis)),
        valid_until=_day(prescription),
        signature=signed.signature if signed else "",
        group=prescription.group_identifier,
    )


def _day(prescription: Prescription) -> date | None:
    until = prescription.valid_until
    return until.astimezone(prescription.organization.zone).date() if until else None


def _diagnosis(row: dict[str, Any]) -> Coding:
    return Coding(ICD10, row["code"], _both(row.get("name_en", ""), row.get("name_zh", "")))


def _line(line: MedicationRequest, version: uuid.UUID) -> PrescriptionLine:
    medication, often = line.medication, line.frequency
    daily = often.doses_per_day
    amount = plain(line.dose)
    frequency = _both(often.name_en, often.name_zh)
    return PrescriptionLine(
        key=uuid.uuid5(version, str(line.pk)),
        text=name_of(medication),
        codings=codings_of(medication),
        dosage=", ".join(filter(None, [f"{amount} {line.dose_unit}", frequency, line.instruction])),
        days=line.days,
        quantity=float(line.quantity),
        unit=medication.unit,
        dose=float(line.dose),
        dose_unit=line.dose_unit,
        times_a_day=int(daily) if daily == int(daily) and not often.is_as_needed else None,
        route=medication.get_route_display(),
        repeats_allowed=line.number_of_repeats_allowed,
        continuous=line.course_of_therapy == MedicationRequest.Course.CONTINUOUS,
        prior=HisRef.parse(line.continues) if line.continues else None,
        substitution=bool(parameters.value("dispense.substitution_allowed"))
        and line.is_substitution_allowed is not False,
    )


def name_of(medication: Medication) -> str:
    """The generic name in both languages."""
    return _both(medication.name_en, medication.name_zh)


def codings_of(medication: Medication) -> tuple[Coding, ...]:
    """The codes by which the HIS may know a medicine."""
    name = name_of(medication)
    return (Coding(ATC, medication.atc, name), Coding(OWN_CODES, medication.code, name))


def plain(amount: Decimal) -> str:
    """0.500 is written 0.5: a trailing zero is read as ten times the dose (H10)."""
    return f"{amount.normalize():f}"


def _both(english: str, chinese: str) -> str:
    return " ".join(filter(None, [english, chinese]))
