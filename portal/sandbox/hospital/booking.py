"""A slot belongs to one living appointment; the primary key of `booking` sees to it."""

from __future__ import annotations

import sqlite3

from portal.sandbox.hospital.parameters import local, walk
from portal.sandbox.hospital.refusal import Refused
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.vocabulary import Resource

GONE = ("cancelled", "entered-in-error")


def keep_in_step(store: Store, key: str, body: Resource, origin: str) -> None:
    """Take the slots this appointment now needs and free those it no longer needs."""
    wanted = set() if body["status"] in GONE else {local(s) for s in walk(body, "slot.reference")}
    held = {
        slot
        for (slot,) in store.connection.execute(
            "SELECT slot FROM booking WHERE appointment=?", (key,)
        )
    }
    for slot in held - wanted:
        _free(store, slot, origin)
    for slot in wanted - held:
        _take(store, slot, key, origin)


def refuse_if_held(store: Store, reference: str) -> None:
    """A time that somebody has cannot vanish under them: they could not even cancel."""
    held = store.connection.execute("SELECT 1 FROM booking WHERE slot=?", (reference,))
    if held.fetchone():
        raise Refused(409, "conflict", f"{reference} is booked.")


def _take(store: Store, reference: str, key: str, origin: str) -> None:
    slot = _slot(store, reference)
    taken = Refused(store.trouble.state.taken_status, "conflict", f"{reference} is taken.")
    if slot.body["status"] != "free":
        raise taken
    try:
        store.connection.execute("INSERT INTO booking VALUES (?,?)", (reference, key))
    except sqlite3.IntegrityError as error:
        raise taken from error
    store.put(slot.body | {"status": "busy"}, origin)


def _free(store: Store, reference: str, origin: str) -> None:
    store.connection.execute("DELETE FROM booking WHERE slot=?", (reference,))
    slot = _slot(store, reference)
    if slot.body["status"] == "busy":
        store.put(slot.body | {"status": "free"}, origin)


def _slot(store: Store, reference: str) -> Row:
    kind, _, key = reference.partition("/")
    row = store.get(kind, key)
    if kind != "Slot" or row is None or row.deleted:
        raise Refused(422, "not-found", f"{reference[:80]} is not a slot of this hospital.")
    return row
