"""Store in the HIS once: our UUID in the identifier, asked for again before sent again (law 3)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from portal.his.believing import Answer
from portal.his.client import Client
from portal.his.errors import Conflict, HisError, OutcomeUnknown
from portal.his.searching import get, own
from portal.his.terms import (
    Capabilities,
    ConsultationNote,
    Dispense,
    HisRef,
    Person,
    PrescriptionOrder,
)
from portal.his.wire import bundles, outbound, people, strict
from portal.his.wire.tolerant import word

Resource = dict[str, Any]


def create_once(
    client: Client, resource: Resource, key: uuid.UUID, *, again: bool, patient_id: str = ""
) -> HisRef:
    """POST with If-None-Exist. After an unknown outcome the HIS is searched first."""
    kind, token = resource["resourceType"], bundles.token(resource)
    strict.check(resource)
    if again and (found := own(client, kind, token, patient_id)):
        return people.ref(found)
    try:
        condition = {"If-None-Exist": f"identifier={token}"}
        answer = client.write("POST", kind, resource, condition)
    except Conflict:  # some servers refuse a second copy instead of returning the first
        if found := searched(client, kind, token, patient_id, key):
            return people.ref(found)
        raise
    except OutcomeUnknown as error:
        raise OutcomeUnknown(key, str(error)) from None
    return _stored(client, answer, kind, token, patient_id, key)


def _stored(
    client: Client, answer: Answer, kind: str, token: str, patient_id: str, key: uuid.UUID
) -> HisRef:
    """Where it lives now: from the body, the location, or a search; else not known."""
    if answer.body.get("resourceType") == kind and word(answer.body.get("id")):
        return people.ref(answer.body)
    located = bundles.located(answer.location, answer.etag)
    if located.type == kind and located.id:
        return located
    if found := searched(client, kind, token, patient_id, key):
        return people.ref(found)
    raise OutcomeUnknown(key, "stored, it says, but not found")


def searched(
    client: Client, kind: str, token: str, patient_id: str, key: uuid.UUID
) -> Resource | None:
    """A search after a write was sent: when it fails, the outcome is unknown, not refused."""
    try:
        return own(client, kind, token, patient_id)
    except HisError as error:
        raise OutcomeUnknown(key, str(error)) from None


def update(client: Client, resource: Resource, etag: str, key: uuid.UUID) -> HisRef:
    """PUT against the version we read. Raises Conflict when somebody was quicker."""
    headers = {"If-Match": etag} if etag else {}
    path = f"{resource['resourceType']}/{resource['id']}"
    try:
        answer = client.write("PUT", path, resource, headers)
    except OutcomeUnknown as error:
        raise OutcomeUnknown(key, str(error)) from None
    version = bundles.version_of(answer.etag) or people.ref(answer.body).version
    return HisRef(resource["resourceType"], resource["id"], version)


def register(client: Client, person: Person, key: uuid.UUID, *, again: bool) -> HisRef:
    return create_once(client, outbound.patient(person, key), key, again=again)


def consultation(client: Client, note: ConsultationNote, key: uuid.UUID, *, again: bool) -> HisRef:
    document = outbound.document(note, key)
    return create_once(client, document, key, again=again, patient_id=note.patient_id)


def dispense(client: Client, done: Dispense, key: uuid.UUID, *, again: bool) -> HisRef:
    resource = outbound.dispense(done, key)
    return create_once(client, resource, key, again=again, patient_id=done.patient_id)


def prescription(
    client: Client,
    capabilities: Capabilities,
    order: PrescriptionOrder,
    key: uuid.UUID,
    *,
    again: bool,
) -> tuple[HisRef, ...]:
    """All lines at once where the HIS has transactions, else line by line, each once."""
    requests = outbound.prescriptions(order, key)
    for item in requests:
        strict.check(item)
    if capabilities.transaction and len(requests) > 1:
        return _together(client, requests, order.patient_id, key, again=again)
    return tuple(
        create_once(client, item, line.key, again=again, patient_id=order.patient_id)
        for item, line in zip(requests, order.lines, strict=True)
    )


def _together(
    client: Client, requests: list[Resource], patient_id: str, key: uuid.UUID, *, again: bool
) -> tuple[HisRef, ...]:
    if again:
        found = _all_stored(client, requests, patient_id)
        if found:
            return found
    try:
        answer = client.write("POST", "", bundles.transaction(requests)).body
    except OutcomeUnknown as error:
        raise OutcomeUnknown(key, str(error)) from None
    told = tuple(bundles.replies(answer))
    if len(told) == len(requests) and all(ref.type == "MedicationRequest" for ref in told):
        return told
    try:
        found = _all_stored(client, requests, patient_id)
    except HisError as error:
        raise OutcomeUnknown(key, str(error)) from None
    if found is None:
        raise OutcomeUnknown(key, "stored, it says, but not found")
    return found


def _all_stored(
    client: Client, requests: list[Resource], patient_id: str
) -> tuple[HisRef, ...] | None:
    """Every line as the HIS holds it; None when one is missing."""
    rows = [own(client, item["resourceType"], bundles.token(item), patient_id) for item in requests]
    found = tuple(people.ref(row) for row in rows if row is not None)
    return found if len(found) == len(requests) else None


def cancel_prescription(
    client: Client, refs: Sequence[HisRef], reason: str, key: uuid.UUID
) -> tuple[HisRef, ...]:
    """Each line against the version that is there now; what was already taken back stays."""
    return tuple(_cancel_line(client, ref, reason, key) for ref in refs)


def _cancel_line(client: Client, ref: HisRef, reason: str, key: uuid.UUID) -> HisRef:
    request, etag = get(client, ref)
    status = word(request.get("status"))
    if status in {"cancelled", "stopped", "entered-in-error"}:
        return people.ref(request)
    if status == "completed":
        raise Conflict("already dispensed in full", current=status)
    return update(client, outbound.cancelled_request(request, reason), etag, key)
