"""The seven parts of a record: FHIR resources to facts, nothing lost that a doctor must see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from portal.his.wire.medicines import medicine
from portal.his.wire.tolerant import (
    code_of,
    codings,
    day,
    first,
    first_code,
    is_mistake,
    moment,
    number,
    official,
    quantity,
    reference,
    text,
    thing,
    things,
    word,
)
from portal.record.facts import AllergyFact, ConditionFact, Reading, VisitFact

UNNAMED = "not named in the hospital record"
NO_KNOWN_ALLERGY = {"716186003", "409137002", "no-known-allergies", "no-known-drug-allergies"}
NO_KNOWN_WORDS = {
    "nka", "nkda", "none known", "no known allergies", "no known allergy",
    "no known drug allergies", "no known drug allergy", "无", "无过敏史", "无药物过敏",
    "无药物过敏史", "否认过敏史", "否认药物过敏史",
}  # fmt: skip
GONE = {"resolved", "inactive"}


def allergy(resource: dict[str, Any]) -> AllergyFact | None:
    """One allergy; None when it was taken back or has been resolved."""
    if is_mistake(resource) or official(resource.get("clinicalStatus")) in GONE:
        return None
    code, reaction = resource.get("code"), first(resource.get("reaction"))
    name = text(code) or text(reaction.get("substance"))
    severity = {word(item.get("severity")) for item in things(resource.get("reaction"))}
    return AllergyFact(
        substance=name or UNNAMED,
        codings=codings(code) or codings(reaction.get("substance")),
        reaction=", ".join(filter(None, map(text, things(reaction.get("manifestation"))))),
        severity=next((step for step in ("severe", "moderate", "mild") if step in severity), ""),
        kind=word(resource.get("type")),
        certainty=official(resource.get("verificationStatus")),
        recorded=day(resource.get("recordedDate")),
        none_known=_says_none(code, name),
    )


def _says_none(code: Any, name: str) -> bool:
    known = any(item.code in NO_KNOWN_ALLERGY for item in codings(code))
    return known or name.lower().strip(" .。") in NO_KNOWN_WORDS


def condition(resource: dict[str, Any]) -> ConditionFact | None:
    if is_mistake(resource):
        return None
    code = resource.get("code")
    onset = resource.get("onsetDateTime") or thing(resource.get("onsetPeriod")).get("start")
    return ConditionFact(
        text=text(code) or UNNAMED,
        icd10=code_of(code, "icd-10", "icd10", "2.16.840.1.113883.6.3"),
        codings=codings(code),
        clinical_status=official(resource.get("clinicalStatus")),
        onset=day(onset),
        last_seen=day(resource.get("recordedDate")) or day(onset),
    )


def observation(resource: dict[str, Any]) -> Reading | None:
    if is_mistake(resource) or word(resource.get("status")) == "cancelled":
        return None
    code = resource.get("code")
    value, unit = _value(resource)
    return Reading(
        text=text(code) or UNNAMED,
        code=code_of(code, "loinc") or first_code(code),
        value=value,
        unit=unit,
        taken=moment(
            resource.get("effectiveDateTime")
            or thing(resource.get("effectivePeriod")).get("start")
            or resource.get("issued")
        ),
    )


def _value(resource: dict[str, Any]) -> tuple[str, str]:
    """The value as received: a number and its unit, words, or the parts of a panel."""
    amount = thing(resource.get("valueQuantity"))
    if amount:
        compare = word(amount.get("comparator"))
        unit = word(amount.get("unit")) or word(amount.get("code"))
        return f"{compare}{number(amount.get('value'))}", unit
    for kind in ("valueString", "valueInteger", "valueDateTime"):
        if word(resource.get(kind)):
            return number(resource[kind]), ""
    if isinstance(resource.get("valueBoolean"), bool):
        return ("yes" if resource["valueBoolean"] else "no"), ""
    if said := text(resource.get("valueCodeableConcept")):
        return said, ""
    return _parts(things(resource.get("component")))


def _parts(components: list[dict[str, Any]]) -> tuple[str, str]:
    """Blood pressure as 150/95 mmHg; any other panel part by part."""
    by_code = {code_of(item.get("code"), "loinc"): item for item in components}
    if {"8480-6", "8462-4"} <= set(by_code):
        high, low = (thing(by_code[code].get("valueQuantity")) for code in ("8480-6", "8462-4"))
        if number(high.get("value")) and number(low.get("value")):
            return f"{number(high['value'])}/{number(low['value'])}", word(high.get("unit"))
    said = (
        f"{text(item.get('code'))} {quantity(item.get('valueQuantity')) or _value(item)[0]}"
        for item in components
        if "component" not in item
    )
    return "; ".join(part.strip() for part in said), ""


def report(resource: dict[str, Any]) -> VisitFact | None:
    return _visit(resource, resource.get("code"), resource.get("category"), _when(resource))


def document(resource: dict[str, Any]) -> VisitFact | None:
    title = word(resource.get("description")) or text(resource.get("type"))
    fact = _visit(
        resource, resource.get("type"), resource.get("category"), day(resource.get("date"))
    )
    return fact and VisitFact(title or fact.text, fact.day, fact.kind, fact.reference)


def encounter(resource: dict[str, Any]) -> VisitFact | None:
    if word(resource.get("status")) == "cancelled":
        return None
    start = day(thing(resource.get("period")).get("start"))
    fact = _visit(resource, first(resource.get("type")), resource.get("class"), start)
    reason = text(first(resource.get("reasonCode")))
    if fact is None or not reason:
        return fact
    title = reason if fact.text == UNNAMED else f"{fact.text}: {reason}"
    return VisitFact(title, fact.day, fact.kind, fact.reference)


def _visit(resource: dict[str, Any], code: Any, kind: Any, when: date | None) -> VisitFact | None:
    if is_mistake(resource):
        return None
    group = thing(kind) if isinstance(kind, dict) else first(kind)
    return VisitFact(
        text=text(code) or UNNAMED,
        day=when,
        kind=word(group.get("code")) or first_code(group) or text(group),
        reference=f"{word(resource.get('resourceType'))}/{word(resource.get('id'))}",
    )


def _when(resource: dict[str, Any]) -> date | None:
    period = thing(resource.get("effectivePeriod"))
    when = resource.get("effectiveDateTime") or period.get("start") or resource.get("issued")
    return day(when)


def reasons(resource: dict[str, Any]) -> tuple[set[str], set[str], date | None]:
    """Why a visit was: its codes, the conditions it points to, and its day."""
    codes = {
        item.code
        for reason in things(resource.get("reasonCode"))
        for item in codings(reason)
        if item.code
    }
    pointed = [thing(item.get("condition")) for item in things(resource.get("diagnosis"))]
    pointed += things(resource.get("reasonReference"))
    ids = {reference(item, "Condition") for item in pointed} - {""}
    return codes, ids, day(thing(resource.get("period")).get("start"))


READERS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "allergies": ("AllergyIntolerance", allergy),
    "conditions": ("Condition", condition),
    "medicines": ("MedicationRequest", medicine),
    "observations": ("Observation", observation),
    "reports": ("DiagnosticReport", report),
    "documents": ("DocumentReference", document),
    "encounters": ("Encounter", encounter),
}
