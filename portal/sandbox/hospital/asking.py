"""Reading a FHIR search strictly: a word that is not known is refused, never skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from portal.sandbox.hospital.parameters import KINDS, PARAMETERS
from portal.sandbox.hospital.refusal import Refused

USUAL, MOST = 50, 500
MOST_VALUES = 100
IGNORED = {"_format", "_pretty", "_total"}
OF_EVERY_TYPE = ("_id", "_lastUpdated")
MODIFIERS: dict[str, tuple[str, ...]] = {
    "token": ("", "not", "missing"),
    "string": ("", "exact", "contains", "missing"),
    "date": ("", "missing"),
    "reference": ("", "missing", *KINDS),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter of the question: any of its values will do."""

    name: str
    modifier: str
    values: tuple[str, ...]
    chain: Filter | None = None


@dataclass(slots=True)
class Query:
    """One question to one type."""

    kind: str
    filters: list[Filter] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)
    includes: list[tuple[str, str]] = field(default_factory=list)
    count: int = USUAL
    only_total: bool = False


def pairs(text: str) -> list[tuple[str, str]]:
    """The parameters of a query string or a form."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise Refused(400, "invalid", "The parameters cannot be read.") from error


def parse(kind: str, asked: list[tuple[str, str]]) -> Query:
    """The question in our own words. Refused where a word is not known."""
    if kind not in PARAMETERS:
        raise Refused(404, "not-supported", f"{kind[:60]} is not kept here.")
    query = Query(kind)
    for name, value in asked:
        if name in IGNORED:
            continue
        if name == "_count":
            query.count = _count(value)
        elif name == "_sort":
            query.sort += [_sort(kind, word) for word in value.split(",")]
        elif name == "_include":
            query.includes.append(_include(kind, value))
        elif name == "_summary":
            query.only_total = _summary(value)
        else:
            query.filters.append(_filter(kind, name, value))
    return query


def _filter(kind: str, name: str, value: str) -> Filter:
    head, _, chain = name.partition(".")
    base, _, modifier = head.partition(":")
    if base in OF_EVERY_TYPE and head == name == base:
        return Filter(base, "", _values(value))
    parameter = PARAMETERS[kind].get(base)
    if parameter is None or modifier not in MODIFIERS[parameter.type]:
        raise Refused(400, "not-supported", f"Unknown search parameter {name[:80]!r} of {kind}.")
    if modifier == "missing" and value not in ("true", "false"):
        raise Refused(400, "value", f"{name} is true or false.")
    if not chain:
        return Filter(base, modifier, _values(value))
    target = modifier or parameter.target
    if target not in PARAMETERS or "." in chain:
        raise Refused(400, "not-supported", f"{name[:80]!r} cannot be followed.")
    return Filter(base, target, (), _filter(target, chain, value))


def _values(value: str) -> tuple[str, ...]:
    """Comma means or; an escaped comma is a comma."""
    words = [re.sub(r"\\([,|$\\])", r"\1", word) for word in re.split(r"(?<!\\),", value)]
    if not all(words) or len(words) > MOST_VALUES or "\x00" in value:
        raise Refused(400, "value", "A search parameter has no value, or too many.")
    return tuple(words)


def _count(value: str) -> int:
    if not re.fullmatch(r"\d{1,6}", value):
        raise Refused(400, "value", "_count must be a number.")
    return min(int(value), MOST)


def _sort(kind: str, word: str) -> tuple[str, bool]:
    name = word.removeprefix("-")
    if name not in PARAMETERS[kind] and name not in OF_EVERY_TYPE:
        raise Refused(400, "not-supported", f"Cannot sort {kind} by {name[:60]!r}.")
    return name, word.startswith("-")


def _include(kind: str, value: str) -> tuple[str, str]:
    source, _, rest = value.partition(":")
    name, _, target = rest.partition(":")
    parameter = PARAMETERS[kind].get(name)
    if source != kind or parameter is None or parameter.type != "reference":
        raise Refused(400, "not-supported", f"Cannot include {value[:80]!r}.")
    return name, target


def _summary(value: str) -> bool:
    if value not in ("count", "false"):
        raise Refused(400, "not-supported", "_summary is count or false.")
    return value == "count"
