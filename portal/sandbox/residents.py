"""The generated residents as FHIR R4: one transaction bundle with fixed ids, dates near today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from portal.sandbox import centre, chart
from portal.sandbox.population import Resident, all_residents
from portal.sandbox.vocabulary import (
    CONTRACT_SYSTEM,
    HL7,
    IDENTITY_SYSTEM,
    RECORD_NUMBER_SYSTEM,
    Resource,
    reference,
)

__all__ = ["IDENTITY_SYSTEM", "RECORD_NUMBER_SYSTEM", "Resident", "all_residents", "bundle"]

#: Sun Fusheng was registered twice; the first record now only points to the second.
MERGED = ("sun-fusheng-old", "sun-fusheng")


def bundle(today: date) -> Resource:
    """Everybody and everything, in an order in which references point backwards or inside."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [_entry(resource) for resource in _resources(today)],
    }


def _resources(today: date) -> Iterator[Resource]:
    people = all_residents()
    calendar = list(centre.resources(today))
    places = [r for r in calendar if r["resourceType"] != "Appointment"]
    appointments = [r for r in calendar if r["resourceType"] == "Appointment"]
    yield from places
    yield from map(_patient, people)
    yield _merged_away()
    yield from chain.from_iterable(map(_around, people))
    yield from appointments
    yield from (_contract(resident, today) for resident in people)
    for resident in people:
        yield from chart.resources(resident, today)


def _entry(resource: Resource) -> Resource:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource, "request": {"method": "PUT", "url": url}}


def _patient(resident: Resident) -> Resource:
    patient = {
        "resourceType": "Patient",
        "id": resident.his_id,
        "identifier": [
            _identifier("MR", RECORD_NUMBER_SYSTEM, resident.record_number),
            _identifier("NI", IDENTITY_SYSTEM, resident.id_number),
        ],
        "active": True,
        "name": centre.both_names(resident.family, resident.given, resident.written),
        "telecom": [{"system": "phone", "value": resident.phone, "use": "mobile"}],
        "gender": resident.gender,
        "birthDate": resident.birth_date.isoformat(),
        "address": [{"text": "Baoshan District, Shanghai 上海市宝山区", "country": "CN"}],
        "generalPractitioner": [reference("Practitioner", resident.doctor_id)],
        "managingOrganization": reference("Organization", resident.organization_id),
    }
    if resident.guardian:
        patient["contact"] = [_guardian(resident)]
    if resident.his_id == MERGED[1]:
        patient["link"] = [{"other": reference("Patient", MERGED[0]), "type": "replaces"}]
    return patient


def _identifier(kind: str, system: str, value: str) -> Resource:
    sort = {"coding": [{"system": HL7 + "v2-0203", "code": kind}]}
    return {"use": "official", "type": sort, "system": system, "value": value}


def _guardian(resident: Resident) -> Resource:
    return {
        "relationship": [{"coding": [{"system": HL7 + "v3-RoleCode", "code": "GUARD"}]}],
        "name": {"text": resident.guardian},
        "telecom": [{"system": "phone", "value": resident.phone}],
    }


def _around(resident: Resident) -> Iterator[Resource]:
    """The guardian of a child, as a person of the record."""
    if resident.guardian:
        yield {
            "resourceType": "RelatedPerson",
            "id": f"{resident.his_id}-guardian",
            "active": True,
            "patient": reference("Patient", resident.his_id),
            **_guardian(resident),
            "name": [{"text": resident.guardian}],
        }


def _merged_away() -> Resource:
    gone, kept = MERGED
    resident = next(r for r in all_residents() if r.his_id == kept)
    return _patient(resident) | {
        "id": gone,
        "active": False,
        "identifier": [_identifier("MR", RECORD_NUMBER_SYSTEM, "YH0099")],
        "link": [{"other": reference("Patient", kept), "type": "replaced-by"}],
    }


def _contract(resident: Resident, today: date) -> Resource:
    start = today - timedelta(days=200)
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"contract-{resident.his_id}",
        "identifier": [{"system": CONTRACT_SYSTEM, "value": resident.record_number}],
        "status": "active",
        "type": [{"text": "Family doctor contract 家庭医生签约"}],
        "patient": reference("Patient", resident.his_id),
        "managingOrganization": reference("Organization", resident.organization_id),
        "careManager": reference("Practitioner", resident.doctor_id),
        "period": {"start": start.isoformat(), "end": (start + timedelta(days=365)).isoformat()},
    }
