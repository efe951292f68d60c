"""The code systems a Chinese community hospital speaks, and the small shapes FHIR repeats."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

Resource = dict[str, Any]

CHINA = timezone(timedelta(hours=8))

#: 居民身份证号码, the OID of the national shared-document standard.
IDENTITY_SYSTEM = "urn:oid:2.16.156.10011.1.3"
RECORD_NUMBER_SYSTEM = "urn:sandbox:mrn"
STAFF_SYSTEM = "urn:sandbox:staff"
ORGANIZATION_SYSTEM = "urn:sandbox:org"
CONTRACT_SYSTEM = "urn:sandbox:contract"
PRESCRIPTION_SYSTEM = "urn:sandbox:rx"
FORM_SYSTEM = "urn:sandbox:rxform"

ICD10 = "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem/"


def reference(kind: str, key: str) -> Resource:
    return {"reference": f"{kind}/{key}"}


def coded(system: str, code: str, text: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def status_of(system: str, code: str) -> Resource:
    """A status that FHIR writes as a coded concept."""
    return {"coding": [{"system": HL7 + system, "code": code}]}


def quantity(value: float, unit: str, code: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def moment(day: date, hour: int = 9, minute: int = 0) -> str:
    """That day at that hour on the wall clock of the clinic."""
    return datetime.combine(day, time(hour, minute), CHINA).isoformat()
