"""What an OperationOutcome complains about, as codes and places without values."""

from __future__ import annotations

import re
from typing import Any

from portal.his.wire.tolerant import thing, things, word

PLACE = re.compile(r"^[A-Za-z0-9_.\[\]()'$-]{1,80}$")


def of(body: Any) -> tuple[str, ...]:
    """`required: Appointment.start`; the HIS's own sentences stay out, they may hold names."""
    return tuple(_line(item) for item in things(thing(body).get("issue")))[:10]


def _line(issue: dict[str, Any]) -> str:
    places = issue.get("expression") or issue.get("location")
    named = [item for item in places if isinstance(item, str) and PLACE.match(item)] if isinstance(
        places, list
    ) else []  # fmt: skip
    code = word(issue.get("code")) or "unknown"
    return f"{code[:40]}: {', '.join(named[:3])}" if named else code[:40]


def is_failure(body: dict[str, Any]) -> bool:
    """An OperationOutcome that reports an error, whatever the HTTP status says."""
    return body.get("resourceType") == "OperationOutcome" and any(
        word(item.get("severity")) in {"error", "fatal"} for item in things(body.get("issue"))
    )
