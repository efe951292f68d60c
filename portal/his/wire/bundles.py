"""Several steps as one, and what the HIS answers about places and versions."""

from __future__ import annotations

import uuid
from typing import Any

from portal.his.terms import HisRef
from portal.his.wire.tolerant import thing, things, word

LONGEST_ID = 64


def transaction(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """All or nothing; each entry created at most once by its own identifier."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": f"urn:uuid:{uuid.uuid4()}",
                "resource": item,
                "request": {
                    "method": "POST",
                    "url": item["resourceType"],
                    "ifNoneExist": f"identifier={token(item)}",
                },
            }
            for item in resources
        ],
    }


def booking_transaction(
    slot: dict[str, Any], etag: str, appointment: dict[str, Any]
) -> dict[str, Any]:
    """Take the slot only if nobody touched it, and book, in one step."""
    bundle = transaction([appointment])
    return bundle | {"entry": [_change(slot, etag), *bundle["entry"]]}


def update_transaction(changes: list[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    """Several changes that stand or fall together, each against the version it was read at."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [_change(item, etag) for item, etag in changes],
    }


def _change(resource: dict[str, Any], etag: str) -> dict[str, Any]:
    """A HIS without versions is told none: FHIR knows no empty element."""
    request = {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}
    return {
        "fullUrl": f"urn:uuid:{uuid.uuid4()}",
        "resource": resource,
        "request": request | ({"ifMatch": etag} if etag else {}),
    }


def token(resource: dict[str, Any]) -> str:
    first = resource["identifier"][0]
    return f"{first['system']}|{first['value']}"


def replies(bundle: dict[str, Any]) -> list[HisRef]:
    """What a transaction says it did, entry by entry, from the locations."""
    found = []
    for entry in things(bundle.get("entry")):
        response = thing(entry.get("response"))
        found.append(located(word(response.get("location")), word(response.get("etag"))))
    return found


def located(location: str, etag: str = "") -> HisRef:
    """`…/Type/id/_history/2` as a reference; empty when the HIS did not say."""
    path, _, history = location.partition("/_history/")
    parts = path.rstrip("/").split("/")
    kind, name = (parts[-2], parts[-1]) if len(parts) > 1 else ("", "")
    return HisRef(kind, name, version_of(etag) or history)


def version_of(etag: str) -> str:
    """The opaque version inside W/"3"; a tag longer than any FHIR id is not one."""
    version = etag.strip().removeprefix("W/").strip('"')
    return version if len(version) <= LONGEST_ID else ""
