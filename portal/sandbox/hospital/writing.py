"""Create, update, delete, with the conditions a careful client sets."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.sandbox.hospital import asking, booking, searching
from portal.sandbox.hospital.refusal import Refused, not_known
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.hospital.validating import ID, check, references
from portal.sandbox.vocabulary import Resource

API = "api"


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to: the version that stands now and the HTTP status for it."""

    row: Row
    status: int


def create(store: Store, kind: str, body: Any, if_none_exist: str = "", key: str = "") -> Written:
    """A new resource, or the one that `If-None-Exist` finds."""
    clean = check(kind, body)
    with store.writing():
        found = existing(store, kind, if_none_exist)
        if found:
            return Written(found, 200)
        return Written(_put(store, clean | {"id": key or uuid.uuid4().hex[:20]}), 201)


def update(store: Store, kind: str, key: str, body: Any, if_match: str = "") -> Written:
    """The next version; 412 where `If-Match` names another than the current one."""
    clean = check(kind, body)
    if not ID.fullmatch(key) or clean.get("id") != key:
        raise Refused(400, "value", "The id in the body is not the id in the address.")
    with store.writing():
        current = store.get(kind, key)
        demand(store, current, if_match)
        fresh = current is None or current.deleted
        return Written(_put(store, clean), 201 if fresh else 200)


def point_to_known(store: Store, row: Row) -> None:
    """Refuse what points to nothing; call inside `writing`, when all is in its place."""
    for target in set(references(row.body)):
        kind, _, key = target.partition("/")
        found = store.get(kind, key)
        if found is None or found.deleted:
            raise Refused(422, "not-found", f"{target[:100]} is not known here.")


def checked(store: Store, write: Callable[[], Written]) -> Written:
    """One write on its own, undone when it points to nothing."""
    with store.writing():
        written = write()
        point_to_known(store, written.row)
        return written


def delete(store: Store, kind: str, key: str, if_match: str = "") -> None:
    with store.writing():
        current = store.get(kind, key)
        if current is None:
            raise not_known(kind, key)
        demand(store, current, if_match)
        if not current.deleted:
            if kind == "Slot":
                booking.refuse_if_held(store, current.reference)
            if kind == "Appointment":
                cancelled = current.body | {"status": "cancelled"}
                booking.keep_in_step(store, current.reference, cancelled, API)
            store.delete(kind, key, API)


def demand(store: Store, current: Row | None, if_match: str) -> None:
    """The version that the client believes in must be the current one."""
    if not if_match or store.trouble.state.ignore_if_match:
        return
    named = {one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")}
    if current is None or current.deleted or not {"*", current.version} & named:
        raise Refused(412, "conflict", "The resource has changed since you read it.")


def _put(store: Store, body: Resource) -> Row:
    if body["resourceType"] == "Appointment":
        booking.keep_in_step(store, f"Appointment/{body['id']}", body, API)
    return store.put(body, API)


def existing(store: Store, kind: str, criteria: str) -> Row | None:
    """The one resource that `If-None-Exist` already finds; several are refused."""
    if not criteria or store.trouble.state.ignore_if_none_exist:
        return None
    query = asking.parse(kind, asking.pairs(criteria.split("?", 1)[-1]))
    if not query.filters:
        raise Refused(400, "invalid", "If-None-Exist must name at least one parameter.")
    found = searching.rows(store, query)
    if len(found) > 1:
        raise Refused(412, "multiple-matches", f"{len(found)} resources match If-None-Exist.")
    return found[0] if found else None
