"""Several requests in one: a transaction is carried out whole or not at all."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from portal.sandbox.hospital import writing
from portal.sandbox.hospital.refusal import Refused, not_known, outcome
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.vocabulary import Resource

MOST_ENTRIES = 2000
#: The order that FHIR prescribes, whatever the order of the entries.
ORDER = ("DELETE", "POST", "PUT", "GET")
REASONS = {200: "200 OK", 201: "201 Created", 204: "204 No Content"}


@dataclass(slots=True)
class Entry:
    """One request of the bundle, with the id it has or will get."""

    place: int
    method: str
    kind: str
    key: str
    body: Any
    name: str
    if_match: str
    if_none_exist: str


def carry_out(store: Store, body: Any) -> Resource:
    """The answers, in the order of the entries."""
    if not isinstance(body, dict) or body.get("resourceType") != "Bundle":
        raise Refused(400, "structure", "The body must be one Bundle.")
    sort = body.get("type")
    listed = body.get("entry", [])
    if sort not in ("transaction", "batch") or not isinstance(listed, list):
        raise Refused(400, "value", "Only transaction and batch bundles are carried out.")
    if len(listed) > MOST_ENTRIES:
        raise Refused(413, "too-costly", f"At most {MOST_ENTRIES} entries.")
    whole = sort == "transaction"
    answers = _all_or_nothing(store, listed) if whole else [_one(store, e) for e in listed]
    return {"resourceType": "Bundle", "type": f"{sort}-response", "entry": answers}


def _all_or_nothing(store: Store, listed: list[Any]) -> list[Resource]:
    entries = [_entry(place, one) for place, one in enumerate(listed)]
    addresses = [(e.kind, e.key) for e in entries if e.key and e.method != "GET"]
    if len(set(addresses)) < len(addresses):
        raise Refused(400, "duplicate", "One resource stands twice in the transaction.")
    with store.writing():
        for entry in entries:
            _demand(store, entry)
        answers: dict[int, Resource] = {}
        for entry in sorted(_named(store, entries), key=lambda e: ORDER.index(e.method)):
            answers[entry.place] = _answer(store, entry)
        for entry in entries:
            _point_to_known(store, entry)
    return [answers[place] for place in range(len(entries))]


def _one(store: Store, listed: Any) -> Resource:
    """One entry of a batch stands or falls alone."""
    try:
        entry = _entry(0, listed)
        with store.writing():
            _demand(store, entry)
            _named(store, [entry])
            answer = _answer(store, entry)
            _point_to_known(store, entry)
            return answer
    except Refused as refused:
        shown = outcome(refused.code, refused.text)
        return {"response": {"status": str(refused.status), "outcome": shown}}


def _entry(place: int, one: Any) -> Entry:
    request = one.get("request") if isinstance(one, dict) else None
    if not isinstance(request, dict):
        raise Refused(400, "required", f"Entry {place} has no request.")
    method, url = request.get("method"), request.get("url")
    found = (
        re.fullmatch(r"/?([A-Za-z]+)(?:/([A-Za-z0-9\-.]{1,64}))?", url or "")
        if isinstance(url, str)
        else None
    )
    if method not in ORDER or not found or bool(found[2]) == (method == "POST"):
        raise Refused(400, "not-supported", f"Entry {place}: this request is not carried out.")
    return Entry(
        place=place,
        method=method,
        kind=found[1],
        key=found[2] or "",
        body=one.get("resource"),
        name=str(one.get("fullUrl") or ""),
        if_match=str(request.get("ifMatch") or ""),
        if_none_exist=str(request.get("ifNoneExist") or ""),
    )


def _demand(store: Store, entry: Entry) -> None:
    """If-Match speaks of the state before the bundle."""
    if entry.if_match:
        writing.demand(store, store.get(entry.kind, entry.key), entry.if_match)
        entry.if_match = ""


def _named(store: Store, entries: list[Entry]) -> list[Entry]:
    """Give new resources their ids and write them where others point to `urn:uuid:…`."""
    real: dict[str, str] = {}
    for entry in entries:
        if entry.method != "POST":
            continue
        found = writing.existing(store, entry.kind, entry.if_none_exist)
        entry.key = found.id if found else uuid.uuid4().hex[:20]
        if entry.name.startswith("urn:"):
            real[entry.name] = f"{entry.kind}/{entry.key}"
    for entry in entries:
        entry.body = _pointed(entry.body, real)
    return entries


def _pointed(node: Any, real: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_pointed(child, real) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        name: real.get(child, child)
        if name == "reference" and isinstance(child, str)
        else _pointed(child, real)
        for name, child in node.items()
    }


def _answer(store: Store, entry: Entry) -> Resource:
    if entry.method == "DELETE":
        writing.delete(store, entry.kind, entry.key)
        return {"response": {"status": REASONS[204]}}
    if entry.method == "GET":
        row = store.get(entry.kind, entry.key)
        if row is None or row.deleted:
            raise not_known(entry.kind, entry.key)
        return {"resource": store.shown(row), "response": _response(store, row, 200)}
    if entry.method == "POST":
        written = writing.create(store, entry.kind, entry.body, entry.if_none_exist, entry.key)
    else:
        written = writing.update(store, entry.kind, entry.key, entry.body)
    return {"response": _response(store, written.row, written.status)}


def _point_to_known(store: Store, entry: Entry) -> None:
    row = store.get(entry.kind, entry.key)
    if row is not None and entry.method in ("POST", "PUT"):
        writing.point_to_known(store, row)


def _response(store: Store, row: Row, status: int) -> Resource:
    return {
        "status": REASONS[status],
        "location": f"{row.reference}/_history/{row.version}",
        "etag": row.etag,
        "lastModified": store.time_of(row),
    }
