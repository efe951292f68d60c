"""Find the one record of a person, or say honestly that it is none or several."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from portal.his.client import READ_SECONDS, Client
from portal.his.errors import Ambiguous, BadPayload, NotFound, Rejected
from portal.his.searching import get, search
from portal.his.terms import Capabilities, Found, HisRef, Identifier, PatientFact, Person
from portal.his.wire import people
from portal.his.wire.tolerant import thing, things, word

HOPS = 5
HAN = re.compile(r"[\u3400-\u9fff]")
GRADE_URL = "http://hl7.org/fhir/StructureDefinition/match-grade"


def find(client: Client, capabilities: Capabilities, person: Person) -> Found | None:
    """By number, then by the HIS's own matching, then by birth date and name."""
    ways = (
        ("identifier", lambda: _by_number(client, person)),
        ("match", lambda: _by_match(client, person) if capabilities.match else []),
        ("demographics", lambda: _by_birth_date(client, person)),
    )
    for by, look in ways:
        living = {item.ref.id: item for item in (_living(client, one) for one in look())}
        if len(living) > 1:
            raise Ambiguous(len(living))
        if living:
            return Found(next(iter(living.values())), by)
    return None


def follow(client: Client, patient_id: str) -> PatientFact:
    """The record behind an id, along `replaced by` at most five times; a loop ends there."""
    resource, _etag = get(client, HisRef("Patient", patient_id))
    return _living(client, people.patient(resource))


def _living(client: Client, patient: PatientFact) -> PatientFact:
    seen = {patient.ref.id}
    for _hop in range(HOPS):
        if not patient.replaced_by or patient.replaced_by in seen:
            return patient
        seen.add(patient.replaced_by)
        resource, _etag = get(client, HisRef("Patient", patient.replaced_by))
        patient = people.patient(resource)
    raise BadPayload("the record was replaced too often")


def _by_number(client: Client, person: Person) -> list[PatientFact]:
    """Searched in a POST body, so that the number stays out of every access log."""
    found = []
    for number in person.identifiers:
        page = search(client, "Patient", {"identifier": _tokens(number)}, form=True)
        found += [
            item for item in map(people.patient, page.resources) if _has(item.identifiers, number)
        ]
    return found


def _tokens(number: Identifier) -> str:
    """Some keep the X at the end of an identity number as x, and tell the two apart."""
    head = f"{number.system}|" if number.system else ""
    written = dict.fromkeys([number.value, number.value.upper(), number.value.lower()])
    return ",".join(head + value for value in written)


def _has(identifiers: Iterable[Identifier], number: Identifier) -> bool:
    wanted = number.value.strip().upper()
    return any(
        item.value.strip().upper() == wanted and number.system in ("", item.system)
        for item in identifiers
    )


def _by_match(client: Client, person: Person) -> list[PatientFact]:
    """$match with certain matches only; a HIS without it simply has no answer."""
    asked = {
        "resourceType": "Patient",
        "name": [{"text": person.name}],
        "birthDate": person.birth_date.isoformat(),
        "gender": person.gender,
    }
    parameters = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "resource", "resource": asked},
            {"name": "onlyCertainMatches", "valueBoolean": True},
            {"name": "count", "valueInteger": 5},
        ],
    }
    try:
        bundle = client.ask("Patient/$match", parameters, seconds=READ_SECONDS).body
    except (NotFound, Rejected):
        return []
    certain = [item for item in things(bundle.get("entry")) if _is_certain(item)]
    found = [people.patient(thing(item.get("resource"))) for item in certain]
    return [item for item in found if item.ref.id and _agrees(item, person)]


def _is_certain(entry: dict[str, object]) -> bool:
    """Certain by its grade; a HIS without grades was asked for certain ones only."""
    extensions = things(thing(entry.get("search")).get("extension"))
    grades = {word(item.get("valueCode")) for item in extensions if item.get("url") == GRADE_URL}
    return grades <= {"certain"}


def _by_birth_date(client: Client, person: Person) -> list[PatientFact]:
    """Same day, same name, and no number that says it is somebody else."""
    born = {"birthdate": person.birth_date.isoformat()}
    # Not by name: a HIS that keeps names as one text finds nobody by `family`.
    page = search(client, "Patient", born, extras={"_count": "200"}, form=True)
    if not page.complete:
        raise BadPayload("only a part of those born that day could be read")
    return [item for item in map(people.patient, page.resources) if _agrees(item, person)]


def _agrees(patient: PatientFact, person: Person) -> bool:
    if patient.birth_date != person.birth_date or not same_name(patient, person.name):
        return False
    if person.gender in {"male", "female"} and patient.gender not in {"", "unknown", person.gender}:
        return False
    return not any(_contradicts(patient, number) for number in person.identifiers)


def _contradicts(patient: PatientFact, number: Identifier) -> bool:
    others = [
        item for item in patient.identifiers if number.system and item.system == number.system
    ]
    return bool(others) and not _has(others, number)  # fmt: skip


def same_name(patient: PatientFact, name: str) -> bool:
    """One of the record's names, whatever the order of its parts and the case."""
    return _plain(name) in {_plain(item) for item in (*patient.names, patient.name) if item}


def _plain(name: str) -> tuple[str, ...]:
    """Wide letters are letters, and a space inside a name in characters says nothing."""
    parts = re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())
    return ("".join(parts),) if HAN.search(name) else tuple(sorted(parts))
