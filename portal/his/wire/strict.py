"""Nothing leaves for the HIS that is not whole: R4B shape and our own required codes (law 8)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from portal.his.errors import Rejected
from portal.his.wire.tolerant import thing, things

STATUSES = {
    "Patient": {""},
    "Appointment": {"proposed", "booked", "arrived", "checked-in", "fulfilled", "cancelled",
                    "noshow"},
    "DocumentReference": {"current", "superseded", "entered-in-error"},
    "MedicationRequest": {"active", "on-hold", "cancelled", "completed", "stopped",
                          "entered-in-error"},
    "MedicationDispense": {"preparation", "in-progress", "completed", "declined", "cancelled"},
}  # fmt: skip
NEEDED = {
    "Patient": ("identifier", "name", "birthDate", "gender"),
    "Appointment": ("identifier", "start", "end", "participant"),
    "DocumentReference": ("identifier", "masterIdentifier", "docStatus", "type", "subject", "date",
                          "author", "content"),
    "MedicationRequest": ("identifier", "intent", "subject", "requester", "authoredOn",
                          "groupIdentifier", "dosageInstruction", "medicationCodeableConcept"),
    "MedicationDispense": ("identifier", "subject", "authorizingPrescription", "quantity",
                           "whenHandedOver", "medicationCodeableConcept"),
}  # fmt: skip


def check(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource itself; raises Rejected with codes and places when it is not fit to send."""
    kind = resource["resourceType"]
    issues = [f"required: {kind}.{name}" for name in NEEDED[kind] if not resource.get(name)]
    if resource.get("status", "") not in STATUSES[kind]:
        issues.append(f"code-invalid: {kind}.status")
    issues += _uncoded(kind, resource) + _pointless(kind, resource) + _misshapen(kind, resource)
    if issues:
        raise Rejected(tuple(issues))
    return resource


def _uncoded(kind: str, resource: dict[str, Any]) -> list[str]:
    """A medicine and a document type must carry a code that the HIS can know."""
    name = "type" if kind == "DocumentReference" else "medicationCodeableConcept"
    if name not in resource:
        return []
    codes = things(thing(resource[name]).get("coding"))
    whole = any(item.get("system") and item.get("code") for item in codes)
    return [] if whole else [f"code-required: {kind}.{name}"]


def _pointless(kind: str, node: Any) -> list[str]:
    """`Practitioner/` with nothing behind it: somebody here has no number in the hospital yet."""
    if isinstance(node, list):
        return [issue for child in node for issue in _pointless(kind, child)]
    if not isinstance(node, dict):
        return []
    found = [issue for child in node.values() for issue in _pointless(kind, child)]
    target = node.get("reference")
    empty = isinstance(target, str) and (target.endswith("/") or "/" not in target)
    return [*found, f"required: {kind} → {target}"] if empty else found


def _misshapen(kind: str, resource: dict[str, Any]) -> list[str]:
    # fhir.resources builds its models at import, most of a second: only a worker that really
    # writes pays for it, never the start of the web process.
    from pydantic import ValidationError

    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    try:
        model.model_validate(resource)
    except ValidationError as error:
        return [
            f"{item['type']}: {kind}.{'.'.join(map(str, item['loc']))}" for item in error.errors()
        ]
    return []
