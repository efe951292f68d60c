"""What the hospital has written down about one resident, relative to today."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.sandbox.ailments import AILMENTS, ALLERGIES, TESTS, Ailment, Test
from portal.sandbox.orders import dispenses, order
from portal.sandbox.population import Resident
from portal.sandbox.vocabulary import (
    ATC,
    HL7,
    ICD10,
    LOINC,
    Resource,
    coded,
    moment,
    quantity,
    reference,
    status_of,
)

SNOMED = "http://snomed.info/sct"
BETWEEN_VISITS = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Visit:
    """A day on which the doctor saw the resident in person."""

    key: str
    day: date
    resident: Resident

    @property
    def reference(self) -> Resource:
        return reference("Encounter", self.key)


def resources(resident: Resident, today: date) -> Iterator[Resource]:
    """Allergies, and from the visits everything they left behind."""
    yield from _allergies(resident, today)
    if resident.days_since_visit is None:
        return
    latest = today - timedelta(days=resident.days_since_visit)
    visits = [
        Visit(f"{resident.his_id}-visit-1", latest, resident),
        Visit(f"{resident.his_id}-visit-2", latest - BETWEEN_VISITS, resident),
    ]
    for visit in visits:
        yield _encounter(visit)
        yield _note(visit)
        yield from _readings(visit)
    yield from (_condition(visits[0], AILMENTS[name]) for name in resident.ailments)
    for ailment, medicine in _medicines(resident):
        yield order(resident, medicine, ailment, latest)
        yield from dispenses(resident, medicine, latest, today)
    yield from _vaccination(resident, today)


def condition_id(resident: Resident, ailment: Ailment) -> str:
    return f"{resident.his_id}-{ailment.icd10.lower()}"


def _medicines(resident: Resident) -> Iterator[tuple[str, str]]:
    """(ailment, medicine); neighbours take the usual first choice or another of its kind."""
    draw = random.Random(resident.his_id)
    chosen = resident.medicines or [draw.choice(AILMENTS[a].medicines) for a in resident.ailments]
    for medicine in chosen:
        treats = (a for a in resident.ailments if medicine in AILMENTS[a].medicines)
        fallback = resident.ailments[0]
        yield next(treats, fallback), medicine


def _allergies(resident: Resident, today: date) -> Iterator[Resource]:
    if resident.allergies is None:
        return
    recorded = moment(today - timedelta(days=resident.days_since_visit or 400))
    if not resident.allergies:
        nothing = coded(SNOMED, "716186003", "No known allergy 无已知过敏")
        yield allergy(resident.his_id, f"{resident.his_id}-allergy-none", nothing, recorded)
    for name in resident.allergies:
        refused = ALLERGIES[name]
        code = coded(ATC, refused.atc, refused.substance)
        known = allergy(resident.his_id, f"{resident.his_id}-allergy-{name}", code, recorded)
        serious = "high" if refused.severity == "severe" else "low"
        shown = {"manifestation": [{"text": refused.reaction}], "severity": refused.severity}
        yield known | {"type": refused.kind, "criticality": serious, "reaction": [shown]}


def allergy(patient: str, key: str, code: Resource, recorded: str) -> Resource:
    """An active, confirmed allergy to a medicine."""
    return {
        "resourceType": "AllergyIntolerance",
        "id": key,
        "clinicalStatus": status_of("allergyintolerance-clinical", "active"),
        "verificationStatus": status_of("allergyintolerance-verification", "confirmed"),
        "category": ["medication"],
        "code": code,
        "patient": reference("Patient", patient),
        "recordedDate": recorded,
    }


def _encounter(visit: Visit) -> Resource:
    resident = visit.resident
    ailments = [AILMENTS[name] for name in resident.ailments]
    found = [
        {"condition": reference("Condition", condition_id(resident, a)), "rank": rank}
        for rank, a in enumerate(ailments, 1)
    ]
    return {
        "resourceType": "Encounter",
        "id": visit.key,
        "status": "finished",
        "class": {"system": HL7 + "v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "type": [{"text": "Outpatient visit 门诊"}],
        "subject": reference("Patient", resident.his_id),
        "participant": [{"individual": reference("Practitioner", resident.doctor_id)}],
        "period": {"start": moment(visit.day, 9, 10), "end": moment(visit.day, 9, 25)},
        "reasonCode": [coded(ICD10, a.icd10, a.name) for a in ailments],
        **({"diagnosis": found} if found else {}),
        "serviceProvider": reference("Organization", resident.organization_id),
    }


def _condition(visit: Visit, ailment: Ailment) -> Resource:
    resident = visit.resident
    years = 3 + len(resident.his_id + ailment.icd10) % 11
    acute = ailment.icd10.startswith("J02")
    onset = visit.day if acute else visit.day - timedelta(days=365 * years)
    onset = max(onset, resident.birth_date + timedelta(days=1200))
    return {
        "resourceType": "Condition",
        "id": condition_id(resident, ailment),
        "clinicalStatus": status_of("condition-clinical", "active"),
        "verificationStatus": status_of("condition-ver-status", "confirmed"),
        "category": [status_of("condition-category", "encounter-diagnosis")],
        "code": coded(ICD10, ailment.icd10, ailment.name),
        "subject": reference("Patient", resident.his_id),
        "encounter": visit.reference,
        "onsetDateTime": onset.isoformat(),
        "recordedDate": moment(visit.day, 9, 20),
        "recorder": reference("Practitioner", resident.doctor_id),
    }


def _note(visit: Visit) -> Resource:
    resident = visit.resident
    found = "; ".join(f"{AILMENTS[a].icd10} {AILMENTS[a].name}" for a in resident.ailments)
    words = f"Outpatient record 门诊病历 {visit.day}\nDiagnosis 诊断: {found or 'none'}"
    return {
        "resourceType": "DocumentReference",
        "id": f"{visit.key}-note",
        "status": "current",
        "docStatus": "final",
        "type": coded(LOINC, "34108-1", "Outpatient record 门诊病历"),
        "subject": reference("Patient", resident.his_id),
        "date": moment(visit.day, 9, 25),
        "author": [reference("Practitioner", resident.doctor_id)],
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "language": "zh",
                    "data": b64encode(words.encode()).decode(),
                    "title": "Outpatient record 门诊病历",
                }
            }
        ],
        "context": {"encounter": [visit.reference]},
    }


def _readings(visit: Visit) -> Iterator[Resource]:
    draw = random.Random(visit.key)
    pressure = _observation(visit, "blood-pressure", "85354-9", "Blood pressure")
    parts = [_measured(TESTS[name], draw) for name in ("systolic", "diastolic")]
    yield pressure | {"component": parts}
    names = {test: None for a in visit.resident.ailments for test in AILMENTS[a].tests}
    for name in names:
        test = TESTS[name]
        measured = _measured(test, draw)
        taken = _observation(visit, name, test.loinc, test.name, "laboratory")
        yield taken | {"valueQuantity": measured["valueQuantity"]}
    if names:
        yield _report(visit, list(names))


def _measured(test: Test, draw: random.Random) -> Resource:
    value = round(draw.uniform(test.low, test.high), test.digits)
    shown = int(value) if test.digits == 0 else value
    return {
        "code": coded(LOINC, test.loinc, test.name),
        "valueQuantity": quantity(shown, test.unit, test.ucum),
    }


def _observation(
    visit: Visit, name: str, loinc: str, text: str, category: str = "vital-signs"
) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"{visit.key}-{name}",
        "status": "final",
        "category": [status_of("observation-category", category)],
        "code": coded(LOINC, loinc, text),
        "subject": reference("Patient", visit.resident.his_id),
        "encounter": visit.reference,
        "effectiveDateTime": moment(visit.day, 9, 15),
        "issued": moment(visit.day, 15),
    }


def _report(visit: Visit, names: list[str]) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "id": f"{visit.key}-report",
        "status": "final",
        "category": [status_of("v2-0074", "LAB")],
        "code": coded(LOINC, "11502-2", "Laboratory report 检验报告"),
        "subject": reference("Patient", visit.resident.his_id),
        "encounter": visit.reference,
        "effectiveDateTime": moment(visit.day, 9, 15),
        "issued": moment(visit.day, 15),
        "result": [reference("Observation", f"{visit.key}-{name}") for name in names],
    }


def _vaccination(resident: Resident, today: date) -> Iterator[Resource]:
    if today.year - resident.birth_date.year < 60:
        return
    yield {
        "resourceType": "Immunization",
        "id": f"{resident.his_id}-influenza",
        "status": "completed",
        "vaccineCode": {"text": "Influenza vaccine 流感疫苗"},
        "patient": reference("Patient", resident.his_id),
        "occurrenceDateTime": (today - timedelta(days=150)).isoformat(),
    }
