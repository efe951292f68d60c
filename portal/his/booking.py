"""The HIS's calendar: free times, a booking that is read back, and what happened to it."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from portal.his.client import Client
from portal.his.errors import (
    Conflict,
    HisError,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SlotTaken,
)
from portal.his.searching import Page, get, own, search
from portal.his.terms import AppointmentChange, Capabilities, HisRef, QueueEntry, SlotFact
from portal.his.wire import bundles, outbound, people, strict
from portal.his.wire.tolerant import reference, things, word
from portal.his.writing import create_once, searched, update

logger = logging.getLogger(__name__)

QUEUE = ("booked", "arrived", "checked-in")
OVER = {"cancelled", "noshow", "fulfilled", "entered-in-error"}
ALTERNATIVES = 3
Resource = dict[str, Any]


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def free_slots(
    client: Client, doctor_id: str, start: datetime, end: datetime
) -> tuple[tuple[SlotFact, ...], Page]:
    """Through the doctor's calendars: a chained search is not understood everywhere."""
    actor = {"actor": f"Practitioner/{doctor_id}"}
    calendars = search(client, "Schedule", actor)
    mine = [
        f"Schedule/{word(item.get('id'))}"
        for item in calendars.resources
        if item.get("active") is not False and people.belongs_to(item.get("actor"), doctor_id)
    ]
    if not mine:
        return (), calendars
    page = search(
        client, "Slot",
        {"schedule": ",".join(mine), "status": "free",
         "start": [f"ge{_utc(start)}", f"lt{_utc(end)}"]},
        extras={"_sort": "start", "_count": "200"},
    )  # fmt: skip
    times = (people.slot(item, doctor_id) for item in page.resources if _in(item, mine))
    free = {one for one in times if one and one.status == "free" and start <= one.start < end}
    return tuple(sorted(free, key=lambda one: one.start)), page


def _in(slot: Resource, calendars: list[str]) -> bool:
    return f"Schedule/{reference(slot.get('schedule'))}" in calendars


def book(
    client: Client,
    capabilities: Capabilities,
    slot: SlotFact,
    patient_id: str,
    key: uuid.UUID,
    *,
    again: bool,
) -> HisRef:
    """Take the time in the way this HIS understands, and read the booking back."""
    appointment = strict.check(outbound.appointment(slot, patient_id, key))
    try:
        if capabilities.booking == "transaction" and slot.ref is not None:
            ref = _by_transaction(client, slot, appointment, patient_id, key, again=again)
        elif capabilities.booking == "operation":
            ref = _by_operation(client, appointment, patient_id, key, again=again)
        else:
            ref = create_once(client, appointment, key, again=again, patient_id=patient_id)
    except (Conflict, Rejected) as refusal:
        ref = _ours_after_all(client, appointment, slot, patient_id, key, refusal)
    return _read_back(client, ref, slot, patient_id, key)


def _ours_after_all(
    client: Client,
    appointment: Resource,
    slot: SlotFact,
    patient_id: str,
    key: uuid.UUID,
    refusal: HisError,
) -> HisRef:
    """Who refuses us may have our own booking: an earlier try, or a copy under load."""
    token = bundles.token(appointment)
    if found := searched(client, "Appointment", token, patient_id, key):
        return people.ref(found)
    if _is_taken(client, slot, refusal):
        raise SlotTaken(_alternatives(client, slot)) from None
    raise refusal


def _by_transaction(
    client: Client,
    slot: SlotFact,
    appointment: Resource,
    patient_id: str,
    key: uuid.UUID,
    *,
    again: bool,
) -> HisRef:
    assert slot.ref is not None
    token = bundles.token(appointment)
    if again and (found := own(client, "Appointment", token, patient_id)):
        return people.ref(found)
    current, etag = get(client, HisRef("Slot", slot.ref.id))
    if word(current.get("status")) != "free":
        raise Conflict("the time is not free")
    bundle = bundles.booking_transaction(current | {"status": "busy"}, etag, appointment)
    return _sent(client, "", bundle, token, patient_id, key)


def _by_operation(
    client: Client, appointment: Resource, patient_id: str, key: uuid.UUID, *, again: bool
) -> HisRef:
    token = bundles.token(appointment)
    if again and (found := own(client, "Appointment", token, patient_id)):
        return people.ref(found)
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "appt-resource", "resource": appointment}],
    }
    return _sent(client, "Appointment/$book", body, token, patient_id, key)


def _sent(
    client: Client, path: str, body: Resource, token: str, patient_id: str, key: uuid.UUID
) -> HisRef:
    """Send, and find the appointment in the answer or under our identifier."""
    try:
        answer = client.write("POST", path, body).body
    except OutcomeUnknown as error:
        raise OutcomeUnknown(key, str(error)) from None
    for ref in (people.ref(answer), *_inside(answer), *bundles.replies(answer)):
        if ref.type == "Appointment" and ref.id:
            return ref
    found = searched(client, "Appointment", token, patient_id, key)
    if found is None:
        raise OutcomeUnknown(key, "booked, it says, but not found")
    return people.ref(found)


def _inside(answer: Resource) -> list[HisRef]:
    held = [*things(answer.get("entry")), *things(answer.get("parameter"))]
    return [people.ref(item["resource"]) for item in held if isinstance(item.get("resource"), dict)]


def _is_taken(client: Client, slot: SlotFact, refusal: HisError) -> bool:
    """409 and 412 say so; after any other refusal the calendar itself is asked."""
    if isinstance(refusal, Conflict):
        return True
    if any(word.startswith(("conflict", "duplicate")) for word in getattr(refusal, "issues", ())):
        return True
    if slot.ref is None:
        return False
    try:
        current, _etag = get(client, HisRef("Slot", slot.ref.id))
    except NotFound:
        return True
    except HisError as error:
        logger.warning("refused booking, slot not read: %s", error)
        return False
    return word(current.get("status")) != "free"


def _alternatives(client: Client, slot: SlotFact) -> tuple[SlotFact, ...]:
    """The next free times of the same doctor; none when the HIS does not answer."""
    try:
        free, _page = free_slots(client, slot.doctor_id, slot.start, slot.start + timedelta(days=7))
    except HisError as error:
        logger.warning("no other times offered: %s", error)
        return ()
    return tuple(one for one in free if one.start != slot.start)[:ALTERNATIVES]


def _read_back(
    client: Client, ref: HisRef, slot: SlotFact, patient_id: str, key: uuid.UUID
) -> HisRef:
    """Believe the booking only when the HIS shows it."""
    try:
        stored, _etag = get(client, ref)
    except HisError as error:
        raise OutcomeUnknown(key, f"not read back: {error}") from None
    if not people.holds_time(stored, slot, patient_id):
        raise SlotTaken(_alternatives(client, slot))
    return people.ref(stored)


def change(
    client: Client,
    capabilities: Capabilities,
    ref: HisRef,
    wanted: AppointmentChange,
    key: uuid.UUID,
) -> HisRef:
    """Read, change, write against what was read; once more when somebody was quicker."""
    for attempt in (1, 2):
        current, etag = get(client, HisRef("Appointment", ref.id))
        status = word(current.get("status"))
        if status == wanted.status:
            return people.ref(current)
        if status in OVER:
            raise Conflict(f"the appointment is {status} in the HIS", current=status)
        try:
            return _write_change(client, capabilities, current, etag, wanted, key)
        except Conflict:
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


def _write_change(
    client: Client,
    capabilities: Capabilities,
    current: Resource,
    etag: str,
    wanted: AppointmentChange,
    key: uuid.UUID,
) -> HisRef:
    """Where we took the slot ourselves, a cancellation gives it back in the same step."""
    resource = outbound.changed(current, wanted)
    slot_id = next(filter(None, map(reference, things(current.get("slot")))), "")
    if capabilities.booking != "transaction" or wanted.status != "cancelled" or not slot_id:
        return update(client, resource, etag, key)
    slot, slot_etag = get(client, HisRef("Slot", slot_id))
    both = bundles.update_transaction([(resource, etag), (slot | {"status": "free"}, slot_etag)])
    try:
        client.write("POST", "", both)
    except OutcomeUnknown as error:
        raise OutcomeUnknown(key, str(error)) from None
    return HisRef("Appointment", current["id"])


def _name_them(client: Client, page: Page) -> None:
    """Where the HIS does not include the patients, they are asked for in one question."""
    wanted = {people.participant(item, "Patient") for item in page.resources} - {""}
    if missing := sorted(name for name in wanted if f"Patient/{name}" not in page.included):
        try:
            found = search(client, "Patient", {"_id": ",".join(missing)})
        except HisError as error:
            logger.info("a queue without names: %s", error)
            return
        page.included |= {f"Patient/{word(item.get('id'))}": item for item in found.resources}


def queue(client: Client, doctor_id: str, day: date, zone: tzinfo) -> tuple[list[QueueEntry], Page]:
    """The doctor's appointments of one day, in order of time."""
    start = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    page = search(
        client, "Appointment",
        {"actor": f"Practitioner/{doctor_id}", "date": [f"ge{_utc(start)}", f"lt{_utc(end)}"]},
        extras={"status": ",".join(QUEUE), "_include": "Appointment:patient", "_count": "200"},
    )  # fmt: skip
    _name_them(client, page)
    rows = [
        people.queue_entry(item, page.included)
        for item in page.resources
        if people.is_attended_by(item, doctor_id)
    ]
    mine = [row for row in rows if row.status in QUEUE and row.start and start <= row.start < end]
    return sorted(mine, key=lambda row: row.start or start), page
