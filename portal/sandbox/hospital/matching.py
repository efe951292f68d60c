"""`Patient/$match`: who in this hospital is the person described, and how sure are we?"""

from __future__ import annotations

from typing import Any

from portal.sandbox.hospital.parameters import local, plain, walk
from portal.sandbox.hospital.refusal import Refused
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.hospital.validating import check
from portal.sandbox.vocabulary import Resource

GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
GRADES = ((0.95, "certain"), (0.7, "probable"), (0.4, "possible"))


def match(store: Store, body: Any, base: str) -> Resource:
    """A searchset of candidates, the best first, each with score and grade."""
    wanted, only_certain, count = _parameters(body)
    scored = [(row, _score(wanted, row.body)) for row in _living(store)]
    candidates = sorted(((s, row) for row, s in scored if s >= 0.4), key=lambda c: -c[0])
    if only_certain:
        candidates = [(score, row) for score, row in candidates if _grade(score) == "certain"]
    entries = [_entry(store, row, score, base) for score, row in candidates[:count]]
    found: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return found | ({"entry": entries} if entries else {})


def _parameters(body: Any) -> tuple[Resource, bool, int]:
    if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
        raise Refused(400, "structure", "The body must be one Parameters.")
    given: dict[str, Any] = {}
    for part in body.get("parameter") or ():
        if isinstance(part, dict):
            given[str(part.get("name"))] = part
    patient = given.get("resource", {}).get("resource")
    check("Patient", patient)
    only_certain = given.get("onlyCertainMatches", {}).get("valueBoolean", False)
    count = given.get("count", {}).get("valueInteger", 10)
    if type(only_certain) is not bool or type(count) is not int or not 0 < count <= 100:
        raise Refused(400, "value", "onlyCertainMatches is a boolean, count is 1 to 100.")
    return patient, only_certain, count


def _living(store: Store) -> list[Row]:
    rows = store.select("WHERE r.kind='Patient' AND r.deleted=0 ORDER BY r.id", [])
    return [row for row in rows if row.body.get("active", True)]


def _score(wanted: Resource, known: Resource) -> float:
    """An identifier decides; without one, names and dates only suggest."""
    same_name = bool(_names(wanted) & _names(known))
    same_birth = wanted.get("birthDate") == known.get("birthDate")
    if _identifiers(wanted) & _identifiers(known):
        contradicted = wanted.get("birthDate") and not same_birth
        return 0.6 if contradicted else 1.0
    if not same_name or not same_birth:
        return 0.0
    same_gender = wanted.get("gender") == known.get("gender")
    same_phone = bool(_phones(wanted) & _phones(known))
    return 0.5 + 0.3 * same_gender + 0.19 * same_phone


def _identifiers(patient: Resource) -> set[tuple[str, str]]:
    return {(i.get("system", ""), i["value"]) for i in walk(patient, "identifier") if "value" in i}


def _names(patient: Resource) -> set[str]:
    names = set()
    for name in walk(patient, "name"):
        given = " ".join(str(part) for part in walk(name, "given"))
        names |= {plain(str(name.get("text", ""))), plain(f"{name.get('family', '')} {given}")}
    return {name for name in names if name.strip()}


def _phones(patient: Resource) -> set[str]:
    return {local(str(value)) for value in walk(patient, "telecom.value")}


def _grade(score: float) -> str:
    return next((word for least, word in GRADES if score >= least), "certainly-not")


def _entry(store: Store, row: Row, score: float, base: str) -> Resource:
    grade = {"url": GRADE, "valueCode": _grade(score)}
    return {
        "fullUrl": f"{base}/{row.reference}",
        "resource": store.shown(row),
        "search": {"mode": "match", "score": round(score, 2), "extension": [grade]},
    }
