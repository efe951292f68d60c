"""Stripe's way with forms and lists."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from portal.sandbox.cashier.till import No


def nested(body: str) -> dict[str, Any]:
    """`a[b][0][c]=d` as dictionaries in dictionaries."""
    form: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        parts = re.findall(r"[^\[\]]+", name) or [name]
        place = form
        for part in parts[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise No(f"Invalid object: {part[:40]}", "parameter_invalid")
        place[parts[-1]] = value
    return form


def listing(things: list[dict[str, Any]], query: dict[str, str], url: str) -> dict[str, Any]:
    """A page of a list: `limit`, `starting_after`, `payment_intent`."""
    if intent := query.get("payment_intent"):
        things = [thing for thing in things if thing.get("payment_intent") == intent]
    ids = [thing["id"] for thing in things]
    if (after := query.get("starting_after")) in ids:
        things = things[ids.index(after) + 1 :]
    limit = int(query.get("limit", "10"))
    return {"object": "list", "data": things[:limit], "has_more": len(things) > limit, "url": url}


def error(refusal: No, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"type": kind, "message": str(refusal), "code": refusal.code or None}}
