"""Reading FHIR JSON without ever falling over: every function takes anything at all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from portal.record.facts import Coding

LONGEST = 500
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PARTIAL_DATE = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def thing(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def things(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; a lone object counts as a list of one."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def word(value: Any) -> str:
    """Text that every database and page can hold."""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    clean = CONTROL.sub("", str(value)).encode("utf-8", "replace").decode()
    return clean.strip()[:LONGEST]


def whole(value: Any) -> int | None:
    """A whole number, also when written as text or as 28.0."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return int(number) if abs(number) < 1e9 else None


def number(value: Any) -> str:
    """A measured number as it was sent, without a meaningless `.0`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return word(value)


def day(value: Any) -> date | None:
    """A FHIR date; a year or month alone counts from its first day."""
    match = PARTIAL_DATE.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, dom = (int(part) if part else 1 for part in match.groups())
    try:
        return date(year, month, dom)
    except ValueError:
        return None


def whole_day(value: Any) -> date | None:
    """A date known to the day: who was born in 1955 was not born on its first of January."""
    match = PARTIAL_DATE.match(value) if isinstance(value, str) else None
    return day(value) if match and match[3] else None


def moment(value: Any) -> datetime | None:
    """A FHIR instant; without a zone it is taken as UTC."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        start = day(value)
        when = datetime(start.year, start.month, start.day) if start else None  # type: ignore[assignment]
    if when is None:
        return None
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:  # the first and last day of the calendar, in another zone
        return None


def coding(value: dict[str, Any]) -> Coding:
    return Coding(word(value.get("system")), word(value.get("code")), word(value.get("display")))


def codings(concept: Any) -> tuple[Coding, ...]:
    """All codes of a concept, whatever their system."""
    found = (coding(item) for item in things(thing(concept).get("coding")))
    return tuple(item for item in found if item.code or item.text)


def text(concept: Any) -> str:
    """What a person should read: the text, else the best code's own words, else the code."""
    if isinstance(concept, str):
        return word(concept)
    said = word(thing(concept).get("text"))
    codes = codings(concept)
    return said or next((item.text for item in codes if item.text), "") or first_code(concept)


def first_code(concept: Any) -> str:
    if isinstance(concept, str):
        return word(concept)
    return next((item.code for item in codings(concept) if item.code), "")


def official(concept: Any) -> str:
    """A status by HL7's own code where the house adds one of its own before it."""
    return code_of(concept, "terminology.hl7.org") or first_code(concept)


def code_of(concept: Any, *systems: str) -> str:
    """The first code of a system whose name contains one of the words."""
    for item in codings(concept):
        if item.code and any(name in item.system.lower() for name in systems):
            return item.code
    return ""


def first(value: Any) -> dict[str, Any]:
    return next(iter(things(value)), {})


def reference(value: Any, kind: str = "") -> str:
    """The id behind a reference, relative or absolute, with or without a version."""
    target = word(thing(value).get("reference")).partition("/_history")[0]
    if not target or target.startswith(("#", "urn:")):
        return ""
    parts = target.rstrip("/").split("/")
    if kind and len(parts) > 1 and parts[-2] != kind:
        return ""
    return parts[-1]


def quantity(value: Any) -> str:
    """A number with its unit."""
    amount = thing(value)
    unit = word(amount.get("unit")) or word(amount.get("code"))
    compare = word(amount.get("comparator"))
    return f"{compare}{number(amount.get('value'))} {unit}".strip()


def is_mistake(resource: dict[str, Any]) -> bool:
    """Entered in error, or refuted: the HIS keeps the row but takes the word back."""
    verdict = official(resource.get("verificationStatus"))
    return "entered-in-error" in (verdict, word(resource.get("status"))) or verdict == "refuted"
