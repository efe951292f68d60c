"""A signed prescription in plain values, for the HIS."""

from __future__ import annotations

import uuid

from django.utils.translation import override

from portal.record.facts import Coding, PrescribedLine, PrescriptionDocument
from portal.record.models import MedicationRequest, Prescription
from portal.terminology import units

ICD10 = "http://hl7.org/fhir/sid/icd-10"


def document(prescription_id: uuid.UUID) -> PrescriptionDocument:
    """Everything the HIS is told. Raises Prescription.DoesNotExist."""
    rows = Prescription.objects.select_related("organization", "patient", "practitioner")
    row = rows.get(pk=prescription_id)
    signed = row.signed
    lines = row.lines.select_related("medication", "frequency", "prior_prescription")
    return PrescriptionDocument(
        id=row.pk,
        group_identifier=row.group_identifier,
        status=row.status,
        status_reason=row.status_reason,
        organization_id=row.organization_id,
        patient_his_id=row.patient.his_id,
        practitioner_his_id=row.practitioner.his_id,
        practitioner_name=row.practitioner.name,
        encounter_id=row.encounter_id,
        diagnosis=tuple(
            Coding(ICD10, item["code"], item["name_zh"] or item["name_en"])
            for item in row.diagnosis
        ),
        authored_on=row.authored_on,
        signed_at=row.signed_at,
        valid_until=row.valid_until,
        digest=signed.digest if signed else "",
        signature=signed.signature if signed else "",
        version_id=signed.pk if signed else None,
        lines=tuple(_line(line) for line in lines),
    )


def _line(line: MedicationRequest) -> PrescribedLine:
    medication, frequency = line.medication, line.frequency
    with override("en"):
        form, route = str(medication.get_form_display()), str(medication.get_route_display())
    return PrescribedLine(
        id=line.pk,
        code=medication.code,
        name_en=medication.name_en,
        name_zh=medication.name_zh,
        atc=medication.atc,
        form=form,
        strength=medication.strength,
        route=route,
        dose=units.plain(line.dose),
        dose_unit=line.dose_unit,
        frequency=frequency.code,
        frequency_en=frequency.name_en,
        frequency_zh=frequency.name_zh,
        doses_per_day=units.plain(frequency.doses_per_day),
        times=tuple(frequency.times),
        is_as_needed=frequency.is_as_needed,
        days=line.days,
        quantity=units.plain(line.quantity),
        quantity_unit=medication.unit,
        instruction=line.instruction,
        course_of_therapy=line.course_of_therapy,
        number_of_repeats_allowed=line.number_of_repeats_allowed,
        continues=line.continues,
        prior=line.prior_prescription_id,
        status=line.status,
    )
