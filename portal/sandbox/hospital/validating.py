"""What is written must be whole: R4's shape, the required elements and the required codes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from portal.sandbox.hospital.moments import NotADate, span
from portal.sandbox.hospital.parameters import KINDS, local, walk
from portal.sandbox.hospital.refusal import Refused
from portal.sandbox.tables import FOLDER
from portal.sandbox.vocabulary import Resource

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
DEEPEST = 40
INSTANTS = {
    "Slot": ("start", "end"),
    "Appointment": ("start", "end"),
    "DocumentReference": ("date",),
    "Observation": ("issued",),
    "DiagnosticReport": ("issued",),
}


def _load() -> dict[str, list[tuple[str, frozenset[str]]]]:
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    with (FOLDER / "required.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rule = (row["path"], frozenset(row["codes"].split()))
            found.setdefault(row["kind"], []).append(rule)
    return found


REQUIRED = _load()


def check(kind: str, body: Any) -> Resource:
    """The resource itself, or Refused with the first thing that is wrong."""
    if kind not in KINDS:
        raise Refused(404, "not-supported", f"{kind[:60]} is not kept here.")
    if not isinstance(body, dict) or body.get("resourceType") != kind:
        raise Refused(400, "structure", f"The body must be one {kind}.")
    _not_too_deep(body)
    for path, codes in REQUIRED.get(kind, ()):
        _required(kind, body, path, codes)
    for name in INSTANTS.get(kind, ()):
        _instant(kind, name, body.get(name))
    if kind == "Appointment":
        _appointment(body)
    _shape(kind, body)
    return body


def references(node: Any) -> Iterator[str]:
    """Every `Type/id` this resource points to in this hospital."""
    if isinstance(node, dict):
        target = node.get("reference")
        if isinstance(target, str) and not target.startswith("#") and "://" not in target:
            yield local(target)
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def _not_too_deep(node: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise Refused(400, "structure", "The body is nested too deeply.")
    if node is None or node in ("", [], {}):
        raise Refused(422, "structure", "FHIR knows no null and no empty element.")
    if isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            _not_too_deep(child, depth + 1)


def _required(kind: str, body: Resource, path: str, codes: frozenset[str]) -> None:
    above, _, name = path.rpartition(".")
    optional = name.endswith("?")
    choices = name.rstrip("?").split("|")
    for parent in walk(body, above):
        present = [parent[c] for c in choices if c in parent] if isinstance(parent, dict) else []
        if not present and not optional:
            raise Refused(422, "required", f"{kind}.{path} is required.")
        for value in (one for found in present for one in walk(found, "")):
            if codes and (not isinstance(value, str) or value not in codes):
                raise Refused(422, "code-invalid", f"{kind}.{path}: unknown code.")


def _instant(kind: str, name: str, value: Any) -> None:
    if value is None:
        return
    zoned = isinstance(value, str) and re.search(
        r"T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", value
    )
    try:
        if zoned:
            span(str(value))
            return
    except NotADate:
        zoned = None
    raise Refused(422, "value", f"{kind}.{name} must be an instant with seconds and a zone.")


def _appointment(body: Resource) -> None:
    start, end, status = body.get("start"), body.get("end"), body["status"]
    if (start is None) != (end is None):
        raise Refused(422, "invariant", "app-2: start and end go together.")
    if start is None and status not in ("proposed", "cancelled", "waitlist"):
        raise Refused(422, "invariant", f"app-3: an appointment that is {status} has a time.")
    if not all("actor" in one or "type" in one for one in walk(body, "participant")):
        raise Refused(422, "invariant", "app-1: a participant has an actor or a type.")
    if start and end and span(start)[0] >= span(end)[0]:
        raise Refused(422, "invariant", "The appointment ends before it starts.")


def _shape(kind: str, body: Resource) -> None:
    """R4's elements, cardinalities and types."""
    if not isinstance(body.get("id", "x"), str) or not ID.fullmatch(body.get("id", "x")):
        raise Refused(400, "value", "The id is not one that FHIR allows.")
    try:
        get_fhir_model_class(kind).model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in (kind, *first["loc"]))[:200]
        raise Refused(422, "structure", f"{where}: {first['msg'][:200]}") from error
