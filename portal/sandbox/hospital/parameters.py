"""Which search parameters each type has, and what a resource is found by."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from portal.sandbox.hospital import moments
from portal.sandbox.tables import FOLDER
from portal.sandbox.vocabulary import Resource


@dataclass(frozen=True, slots=True)
class Parameter:
    """One search parameter: how it compares and where its values stand."""

    name: str
    type: str
    paths: tuple[str, ...]
    target: str = ""


class Term(NamedTuple):
    """One value a resource is found by; `extra` is a system, a bare id or the text as written."""

    name: str
    value: str = ""
    extra: str = ""
    low: str = ""
    high: str = ""


def _load() -> dict[str, dict[str, Parameter]]:
    found: dict[str, dict[str, Parameter]] = {}
    with (FOLDER / "parameters.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            parameter = Parameter(
                row["name"], row["type"], tuple(row["paths"].split()), row["target"]
            )
            found.setdefault(row["kind"], {})[row["name"]] = parameter
    return found


PARAMETERS = _load()
KINDS = tuple(PARAMETERS)


def terms(body: Resource) -> Iterator[Term]:
    """Everything this resource is found by."""
    for parameter in PARAMETERS[body["resourceType"]].values():
        for path in parameter.paths:
            for value in walk(body, path):
                yield from READERS[parameter.type](parameter, value)


def walk(node: Any, path: str) -> Iterator[Any]:
    """All values at a dotted path, through lists."""
    if isinstance(node, list):
        for child in node:
            yield from walk(child, path)
    elif not path:
        yield node
    elif isinstance(node, dict):
        first, _, rest = path.partition(".")
        if first in node:
            yield from walk(node[first], rest)


def plain(text: str) -> str:
    """Without case and accents, as names are compared."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def local(reference: str) -> str:
    """`Type/id`, also from an absolute address or one with a version."""
    parts = urlsplit(reference).path.strip("/").split("/")
    if "_history" in parts:
        parts = parts[: parts.index("_history")]
    return "/".join(parts[-2:])


def _tokens(parameter: Parameter, value: Any) -> Iterator[Term]:
    if isinstance(value, bool):
        yield Term(parameter.name, "true" if value else "false")
    elif isinstance(value, str):
        yield Term(parameter.name, value)
    elif isinstance(value, dict):
        for coding in value.get("coding") or [value]:
            code = coding.get("code") or coding.get("value")
            if code:
                yield Term(parameter.name, str(code), coding.get("system", ""))


def _references(parameter: Parameter, value: Any) -> Iterator[Term]:
    text = value.get("reference") if isinstance(value, dict) else None
    if isinstance(text, str) and "/" in text:
        target = local(text)
        kind, _, key = target.partition("/")
        if not parameter.target or kind == parameter.target:
            yield Term(parameter.name, target, key)


def _strings(parameter: Parameter, value: Any) -> Iterator[Term]:
    if isinstance(value, str):
        yield Term(parameter.name, plain(value), value)
    elif isinstance(value, dict):
        for key in ("text", "family", "given", "prefix", "suffix"):
            for part in walk(value, key):
                yield from _strings(parameter, part)


def _dates(parameter: Parameter, value: Any) -> Iterator[Term]:
    start, end = (value.get("start"), value.get("end")) if isinstance(value, dict) else (value,) * 2
    low = moments.span(start)[0] if start else "0001"
    high = moments.span(end)[1] if end else "9999"
    yield Term(parameter.name, low=low, high=high)


READERS = {"token": _tokens, "reference": _references, "string": _strings, "date": _dates}
