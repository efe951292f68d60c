"""Whether what stands in the tables is what the doctor signed (R56, R57)."""

from __future__ import annotations

import json
from typing import Any

from portal.record import signing
from portal.record.models import Prescription
from portal.record.prescribing import writing_out

#: What a line says to the person who packs and the person who takes it.
SAID = (
    "position", "code", "strength", "form", "route", "dose", "dose_unit", "frequency", "days",
    "quantity", "instruction",
)  # fmt: skip


def is_intact(prescription: Prescription) -> bool:
    """The signature fits its bytes, and each line still says what was signed."""
    version = prescription.signed
    if version is None:
        return False
    data = version.signed_bytes.encode()
    if not signing.verify(version.signature, data, version.signed_at):
        return False
    signed, now = json.loads(data), writing_out.document(prescription)
    same_person = signed["patient"]["id"] == now["patient"]["id"]
    return same_person and _said(signed) == _said(now)


def _said(document: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {line["id"]: tuple(line[name] for name in SAID) for line in document["lines"]}
