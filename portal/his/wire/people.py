"""People and calendars of the HIS."""

from __future__ import annotations

import re
import uuid
from typing import Any

from portal.his.terms import DoctorFact, HisRef, Identifier, PatientFact, QueueEntry, SlotFact
from portal.his.wire.medicines import version
from portal.his.wire.tolerant import moment, reference, thing, things, whole_day, word

KEY_SYSTEM, URN = "urn:ietf:rfc:3986", "urn:uuid:"
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
TELEPHONE = re.compile(r"\+?[\d ()-]{5,20}$")
LIVE_BOOKING = {"proposed", "pending", "booked", "arrived", "checked-in", "waitlist", "fulfilled"}


def ref(resource: dict[str, Any], fallback: str = "") -> HisRef:
    kind = word(resource.get("resourceType")) or fallback
    return HisRef(kind, word(resource.get("id")), version(resource))


def name(value: Any) -> str:
    """A person's name, the official one first."""
    return next(iter(names(value)), "")


def names(value: Any) -> tuple[str, ...]:
    """Every name the HIS keeps: in characters, in Latin letters, from before the wedding."""
    ordered = sorted(things(value), key=lambda item: item.get("use") != "official")
    return tuple(dict.fromkeys(filter(None, map(_written, ordered))))


def _written(chosen: dict[str, Any]) -> str:
    """As written, else put together in the way of its script."""
    if said := word(chosen.get("text")):
        return said
    given = chosen.get("given")
    parts = [word(item) for item in given] if isinstance(given, list) else [word(given)]
    family = word(chosen.get("family"))
    if HAN.search(family):
        return family + "".join(parts)
    return " ".join(filter(None, [*parts, family]))


def patient(resource: dict[str, Any]) -> PatientFact:
    links = things(resource.get("link"))
    replaced = (item.get("other") for item in links if item.get("type") == "replaced-by")
    found = (
        Identifier(word(item.get("system")), word(item.get("value")))
        for item in things(resource.get("identifier"))
    )
    return PatientFact(
        ref=ref(resource, "Patient"),
        name=name(resource.get("name")),
        names=names(resource.get("name")),
        birth_date=whole_day(resource.get("birthDate")),
        gender=word(resource.get("gender")),
        identifiers=tuple(item for item in found if item.value),
        phone=_phone(resource),
        doctor_id=_family_doctor(resource),
        organization_id=reference(resource.get("managingOrganization")),
        active=resource.get("active") is not False,
        replaced_by=next((reference(item) for item in replaced), ""),
    )


def _family_doctor(resource: dict[str, Any]) -> str:
    named = (
        reference(item, "Practitioner") for item in things(resource.get("generalPractitioner"))
    )
    return next(filter(None, named), "")


def _phone(resource: dict[str, Any]) -> str:
    """The first telephone; a number of which nobody says what it is looks like one."""
    lines = things(resource.get("telecom"))
    said = (word(item.get("value")) for item in lines if item.get("system") in {"phone", "sms"})
    bare = (word(item.get("value")) for item in lines if not item.get("system"))
    return next(filter(None, said), "") or next(filter(TELEPHONE.match, bare), "")


def doctor(
    resource: dict[str, Any], roles: list[dict[str, Any]], schedules: list[dict[str, Any]]
) -> DoctorFact:
    mine = word(resource.get("id"))
    own_roles = [item for item in roles if reference(item.get("practitioner")) == mine]
    organizations = {reference(item.get("organization")) for item in own_roles} - {""}
    calendars = {
        word(item.get("id"))
        for item in schedules
        if item.get("active") is not False and belongs_to(item.get("actor"), mine)
    }
    return DoctorFact(
        ref=ref(resource, "Practitioner"),
        name=name(resource.get("name")),
        gender=word(resource.get("gender")),
        active=resource.get("active") is not False,
        organization_ids=tuple(sorted(organizations)),
        schedule_ids=tuple(sorted(calendars)),
    )


def belongs_to(actors: Any, practitioner_id: str) -> bool:
    return practitioner_id in {reference(item, "Practitioner") for item in things(actors)}


def slot(resource: dict[str, Any], doctor_id: str) -> SlotFact | None:
    """A time of the calendar; one without a beginning or an end is no time."""
    start, end = moment(resource.get("start")), moment(resource.get("end"))
    if start is None or end is None or end <= start:
        return None
    status = word(resource.get("status"))
    return SlotFact(start, end, doctor_id, ref(resource, "Slot"), status)


def participant(resource: dict[str, Any], kind: str) -> str:
    """The id of the patient or the doctor of an appointment."""
    people = (thing(item.get("actor")) for item in things(resource.get("participant")))
    return next(filter(None, (reference(item, kind) for item in people)), "")


def is_attended_by(resource: dict[str, Any], doctor_id: str) -> bool:
    """Is this doctor one of the participants? An appointment without any doctor counts."""
    people = (thing(item.get("actor")) for item in things(resource.get("participant")))
    doctors = {reference(item, "Practitioner") for item in people} - {""}
    return not doctors or doctor_id in doctors


def queue_entry(resource: dict[str, Any], included: dict[str, dict[str, Any]]) -> QueueEntry:
    patient_id = participant(resource, "Patient")
    person = included.get(f"Patient/{patient_id}")
    return QueueEntry(
        ref=ref(resource, "Appointment"),
        status=word(resource.get("status")),
        start=moment(resource.get("start")),
        end=moment(resource.get("end")),
        patient_id=patient_id,
        patient=patient(person) if person else None,
        key=_our_key(resource),
    )


def _our_key(resource: dict[str, Any]) -> uuid.UUID | None:
    """The message with which the portal booked it; None where somebody else did."""
    for item in things(resource.get("identifier")):
        system, value = word(item.get("system")), word(item.get("value"))
        if system == KEY_SYSTEM and value.startswith(URN):
            try:
                return uuid.UUID(value.removeprefix(URN))
            except ValueError:
                return None
    return None


def holds_time(resource: dict[str, Any], slot: SlotFact, patient_id: str) -> bool:
    """Is this the living booking we asked for? The HIS may have stored something else."""
    if word(resource.get("status")) not in LIVE_BOOKING:
        return False
    if participant(resource, "Patient") not in ("", patient_id):
        return False
    slots = {reference(item) for item in things(resource.get("slot"))}
    if slots and slot.ref is not None:
        return slot.ref.id in slots
    return moment(resource.get("start")) in (None, slot.start)
