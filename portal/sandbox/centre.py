"""The two community health centres: their doctors and the calendars of the coming days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from portal.sandbox.population import CENTRE_OF, Resident, all_residents
from portal.sandbox.vocabulary import (
    CHINA,
    HL7,
    ORGANIZATION_SYSTEM,
    STAFF_SYSTEM,
    Resource,
    reference,
)

DAYS_AHEAD = 8
MINUTES = 15
SESSIONS = ((9, 11), (14, 16))

CENTRES = {
    "yanghang": (
        "Yanghang Community Health Centre 杨行镇社区卫生服务中心",
        "021-56000001",
        "Shuichan Road 2699, Baoshan, Shanghai",
    ),
    "songnan": (
        "Songnan Community Health Centre 淞南镇社区卫生服务中心",
        "021-56000002",
        "Changjiang Road 860, Baoshan, Shanghai",
    ),
}
DOCTORS = {
    "dr-li": ("Li", "Wei", "李伟", "male"),
    "dr-wang": ("Wang", "Fang", "王芳", "female"),
    "dr-zhao": ("Zhao", "Min", "赵敏", "female"),
}


def resources(today: date) -> Iterator[Resource]:
    """Centres, doctors, roles and calendars, in an order in which each reference exists."""
    for key, (name, telephone, address) in CENTRES.items():
        yield _organization(key, name, telephone, address)
    for key in DOCTORS:
        yield from _doctor(key)
        yield from _calendar(key, today)


def both_names(family: str, given: str, written: str) -> list[Resource]:
    """The name in characters first where there is one, then in Latin letters."""
    latin = {"use": "official", "family": family, "given": given.split()}
    if not written:
        return [latin | {"text": f"{given} {family}"}]
    characters = {"use": "official", "text": written, "family": written[0], "given": [written[1:]]}
    return [
        characters | _written_in("IDE"),
        latin | {"text": f"{family} {given}"} | _written_in("SYL"),
    ]


def _written_in(way: str) -> Resource:
    url = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
    return {"extension": [{"url": url, "valueCode": way}]}


def _organization(key: str, name: str, telephone: str, address: str) -> Resource:
    return {
        "resourceType": "Organization",
        "id": key,
        "identifier": [{"system": ORGANIZATION_SYSTEM, "value": key.upper()}],
        "active": True,
        "type": [{"coding": [{"system": HL7 + "organization-type", "code": "prov"}]}],
        "name": name,
        "telecom": [{"system": "phone", "value": telephone}],
        "address": [{"text": address, "country": "CN"}],
    }


def _doctor(key: str) -> Iterator[Resource]:
    family, given, written, gender = DOCTORS[key]
    yield {
        "resourceType": "Practitioner",
        "id": key,
        "identifier": [{"system": STAFF_SYSTEM, "value": key}],
        "active": True,
        "name": both_names(family, given, written),
        "gender": gender,
    }
    yield {
        "resourceType": "PractitionerRole",
        "id": f"role-{key}",
        "active": True,
        "practitioner": reference("Practitioner", key),
        "organization": reference("Organization", CENTRE_OF[key]),
        "code": [{"text": "Family doctor 家庭医生"}],
        "specialty": [{"text": "General practice 全科医学科"}],
    }


def _calendar(key: str, today: date) -> Iterator[Resource]:
    first, last = _span(today)
    schedule = f"schedule-{key}"
    yield {
        "resourceType": "Schedule",
        "id": schedule,
        "identifier": [{"system": "urn:sandbox:schedule", "value": key}],
        "active": True,
        "serviceType": [{"text": "Online follow-up 在线复诊"}],
        "actor": [reference("Practitioner", key)],
        "planningHorizon": {"start": first.isoformat(), "end": last.isoformat()},
    }
    taken = dict(_booked_at_the_desk(key, today))
    busy = {_slot_id(schedule, start) for start in taken}
    for slot in slots(schedule, today):
        yield slot | ({"status": "busy"} if slot["id"] in busy else {})
    for start, resident in taken.items():
        yield _appointment(key, _slot_id(schedule, start), start, resident)


def slots(schedule: str, today: date) -> Iterator[Resource]:
    """The free times of one calendar in the coming days."""
    for start in _starts(today):
        yield {
            "resourceType": "Slot",
            "id": _slot_id(schedule, start),
            "serviceType": [{"text": "Online follow-up 在线复诊"}],
            "schedule": reference("Schedule", schedule),
            "status": "free",
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=MINUTES)).isoformat(),
        }


def _span(today: date) -> tuple[datetime, datetime]:
    start = datetime.combine(today, time(0), CHINA)
    return start, start + timedelta(days=DAYS_AHEAD)


def _starts(today: date) -> Iterator[datetime]:
    for day in range(DAYS_AHEAD):
        for opens, closes in SESSIONS:
            start = datetime.combine(today + timedelta(days=day), time(opens), CHINA)
            while start.hour < closes:
                yield start
                start += timedelta(minutes=MINUTES)


def _slot_id(schedule: str, start: datetime) -> str:
    return f"slot-{schedule.removeprefix('schedule-')}-{start:%Y%m%d-%H%M}"


def _booked_at_the_desk(doctor: str, today: date) -> Iterator[tuple[datetime, Resident]]:
    """Two residents who booked at the counter for tomorrow, so that no calendar is empty."""
    theirs = [r for r in all_residents() if r.doctor_id == doctor and r.his_id[:3] == "res"]
    tomorrow = datetime.combine(today + timedelta(days=1), time(9), CHINA)
    for place, resident in enumerate(theirs[:2]):
        yield tomorrow + timedelta(minutes=MINUTES * place), resident


def _appointment(doctor: str, slot: str, start: datetime, resident: Resident) -> Resource:
    return {
        "resourceType": "Appointment",
        "id": f"appointment-{doctor}-{start:%H%M}",
        "status": "booked",
        "description": "Booked at the counter 窗口预约",
        "slot": [reference("Slot", slot)],
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=MINUTES)).isoformat(),
        "participant": [
            {"actor": reference("Patient", resident.his_id), "status": "accepted"},
            {"actor": reference("Practitioner", doctor), "status": "accepted"},
        ],
    }
