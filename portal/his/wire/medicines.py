"""Medicines: orders and hand-overs, with the dosage as a person can read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from portal.his.terms import HisRef, PrescriptionFact
from portal.his.wire.tolerant import (
    code_of,
    codings,
    day,
    first,
    is_mistake,
    number,
    official,
    quantity,
    reference,
    text,
    thing,
    things,
    whole,
    word,
)
from portal.record.facts import MedicineFact

UNNAMED = "not named in the hospital record"
UNITS = {"min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 30, "a": 365}


def drug(resource: dict[str, Any], known: dict[str, dict[str, Any]] | None = None) -> Any:
    """The medicine's concept: written out, contained, referred to, or only named."""
    concept = thing(resource.get("medicationCodeableConcept"))
    if text(concept):
        return concept
    pointer = thing(resource.get("medicationReference"))
    target = word(pointer.get("reference"))
    inside = {
        f"#{word(item.get('id')).lstrip('#')}": item for item in things(resource.get("contained"))
    }
    medication = inside.get(target) or (known or {}).get(reference(pointer)) or {}
    code = thing(medication.get("code"))
    return code if text(code) else {"text": word(pointer.get("display"))}


def medicine(
    resource: dict[str, Any], known: dict[str, dict[str, Any]] | None = None
) -> MedicineFact | None:
    """One ordered medicine; None for plans, proposals and orders taken back."""
    if is_mistake(resource) or word(resource.get("intent")) in {"proposal", "plan"}:
        return None
    concept = drug(resource, known)
    how = things(resource.get("dosageInstruction"))
    return MedicineFact(
        text=text(concept) or UNNAMED,
        atc=code_of(concept, "whocc.no/atc", "2.16.840.1.113883.6.73"),
        codings=codings(concept),
        status=word(resource.get("status")),
        dosage="; ".join(filter(None, map(dosage, how))),
        authored=day(resource.get("authoredOn")),
        days_supply=days(thing(resource.get("dispenseRequest")).get("expectedSupplyDuration")),
        reference=f"MedicationRequest/{word(resource.get('id'))}",
        course=official(resource.get("courseOfTherapyType")),
        as_needed=any(map(_as_needed, how)),
        form=_form(resource),
    )


def _form(resource: dict[str, Any]) -> str:
    """What holds the lines of one prescription together; of the portal's own a bare UUID."""
    return word(thing(resource.get("groupIdentifier")).get("value")).removeprefix("urn:uuid:")


def filled(
    fact: MedicineFact | None, resource: dict[str, Any], dispenses: list[dict[str, Any]]
) -> MedicineFact | None:
    """The same medicine with how often, and when last, the pharmacy handed it out."""
    if fact is None:
        return None
    done = [item for item in dispenses if _is_fill_of(item, word(resource.get("id")))]
    days = filter(None, map(_handed_over, done))
    return replace(fact, fills=len(done), last_fill=max(days, default=None))


def days(duration: Any) -> int | None:
    """A supply duration in days."""
    length = thing(duration)
    amount = whole(length.get("value"))
    unit = (word(length.get("code")) or word(length.get("unit")) or "d").lower()
    return amount * DAYS[unit] if amount is not None and unit in DAYS else None


def dosage(instruction: dict[str, Any]) -> str:
    """The dosage text as received; built from its structure only when there is none."""
    said = word(instruction.get("text")) or word(instruction.get("patientInstruction"))
    if said:
        return said
    timing = thing(instruction.get("timing"))
    parts = [
        _dose(first(instruction.get("doseAndRate"))),
        text(timing.get("code")) or _repeat(thing(timing.get("repeat"))),
        text(instruction.get("route")),
        _as_needed(instruction),
    ]
    return ", ".join(filter(None, parts))


def _as_needed(instruction: dict[str, Any]) -> str:
    reason = text(instruction.get("asNeededCodeableConcept"))
    if reason:
        return f"as needed for {reason}"
    return "as needed" if instruction.get("asNeededBoolean") is True else ""


def _dose(rate: dict[str, Any]) -> str:
    span = thing(rate.get("doseRange"))
    if span:
        return f"{quantity(span.get('low'))} – {quantity(span.get('high'))}"
    return quantity(rate.get("doseQuantity"))


def _repeat(repeat: dict[str, Any]) -> str:
    times, period = number(repeat.get("frequency")), number(repeat.get("period"))
    unit = word(repeat.get("periodUnit"))
    when = "+".join(map(word, repeat["when"])) if isinstance(repeat.get("when"), list) else ""
    every = UNITS.get(unit, unit) if period == "1" else f"{period} {UNITS.get(unit, unit)}s"
    often = f"{times or 1} × per {every}" if period else ""
    return " ".join(filter(None, [often, when]))


def prescription(
    resource: dict[str, Any],
    dispenses: list[dict[str, Any]],
    known: dict[str, dict[str, Any]] | None = None,
) -> PrescriptionFact | None:
    """An order with its fills: repeats + 1 − completed dispenses (the first fill is no repeat)."""
    fact = medicine(resource, known)
    if fact is None:
        return None
    request = thing(resource.get("dispenseRequest"))
    repeats = whole(request.get("numberOfRepeatsAllowed"))
    done = [item for item in dispenses if _is_fill_of(item, word(resource.get("id")))]
    return PrescriptionFact(
        medicine=fact,
        ref=HisRef("MedicationRequest", word(resource.get("id")), version(resource)),
        repeats_allowed=repeats,
        fills_done=len(done),
        fills_left=None if repeats is None else max(0, repeats + 1 - len(done)),
        prior=reference(resource.get("priorPrescription")),
        valid_until=day(thing(request.get("validityPeriod")).get("end")),
        last_fill=max(filter(None, map(_handed_over, done)), default=None),
    )


def _is_fill_of(dispense: dict[str, Any], order_id: str) -> bool:
    orders = {reference(item) for item in things(dispense.get("authorizingPrescription"))}
    return word(dispense.get("status")) == "completed" and order_id in orders


def _handed_over(dispense: dict[str, Any]) -> date | None:
    """The day where it was handed over, as the clock there said."""
    return day(dispense.get("whenHandedOver") or dispense.get("whenPrepared"))


def version(resource: dict[str, Any]) -> str:
    return word(thing(resource.get("meta")).get("versionId"))
