"""What a HIS really can do: what it says, then what it did on a test patient of ours."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from portal.his import booking
from portal.his.client import Client
from portal.his.errors import BadPayload, Conflict, HisError, OutcomeUnknown, Rejected
from portal.his.searching import get, own
from portal.his.terms import AppointmentChange, Capabilities, HisRef, Identifier, Person, SlotFact
from portal.his.wire import bundles, outbound, people
from portal.his.wire.tolerant import first, thing, things, word
from portal.his.writing import create_once

Resource = dict[str, Any]
TEST_SYSTEM = "urn:community-internet-hospital:self-test"
GIVEN_BACK = AppointmentChange("cancelled", "portal self-test")
TEST_PERSON = Person(
    "Portal Self-Test", date(1900, 1, 1), "unknown", (Identifier(TEST_SYSTEM, "self-test"),)
)


def probe(client: Client, *, self_test: bool) -> Capabilities:
    """Read the capability statement; with `self_test`, correct it by trying."""
    statement = client.read("metadata", seconds=8.0).body
    if statement.get("resourceType") != "CapabilityStatement":
        raise BadPayload("no capability statement")
    said = _said(statement)
    return _Trial(client, said).run() if self_test else said


def _said(statement: Resource) -> Capabilities:
    rest, software = first(statement.get("rest")), thing(statement.get("software"))
    resources = things(rest.get("resource"))
    operations = {
        word(item.get("name")).lstrip("$")
        for owner in [rest, *resources]
        for item in things(owner.get("operation"))
    }
    systemwide = {word(item.get("code")) for item in things(rest.get("interaction"))}
    return Capabilities(
        software=word(software.get("name")),
        version=f"{word(software.get('version'))} / {word(statement.get('fhirVersion'))}",
        types=frozenset(word(item.get("type")) for item in resources),
        booking="operation" if "book" in operations else "appointment",
        match="match" in operations or not operations,
        transaction="transaction" in systemwide,
        identifier_search=frozenset(filter(None, map(_searchable, resources))),
    )


def _searchable(resource: Resource) -> str:
    names = {word(item.get("name")) for item in things(resource.get("searchParam"))}
    return word(resource.get("type")) if "identifier" in names else ""


@dataclass
class _Trial:
    """One self-test: every step may fail, the findings say what was seen."""

    client: Client
    said: Capabilities
    findings: list[str] = field(default_factory=list)

    def run(self) -> Capabilities:
        # One test patient for ever: a HIS is not filled with one more at each probe.
        key = uuid.uuid5(uuid.NAMESPACE_URL, self.client.base_url)
        patient = self._try("write and read", lambda: self._patient(key))
        if patient is None:
            return replace(self.said, findings=tuple(self.findings))
        return replace(
            self.said,
            conditional_create=self._try("create twice", lambda: self._twice(key)),
            if_match=self._try("stale version", lambda: self._stale(patient)),
            transaction=bool(self._try("rollback", self._rollback)),
            identifier_search=self._searches(key),
            booking=self._booking(patient),
            findings=tuple(self.findings),
        )

    def _try(self, name: str, step: Callable[[], Any]) -> Any:
        try:
            seen = step()
        except HisError as error:
            self.findings.append(f"{name}: {type(error).__name__} {error}")
            return None
        self.findings.append(f"{name}: {'yes' if seen else 'NO'}")
        return seen

    def _patient(self, key: uuid.UUID) -> HisRef:
        ref = create_once(self.client, outbound.patient(TEST_PERSON, key), key, again=False)
        get(self.client, ref)
        return ref

    def _twice(self, key: uuid.UUID) -> bool:
        """The same create again must not make a second copy."""
        resource = outbound.patient(TEST_PERSON, key)
        token = bundles.token(resource)
        first_id = (own(self.client, "Patient", token) or {}).get("id")
        condition = {"If-None-Exist": f"identifier={token}"}
        answer = self.client.write("POST", "Patient", resource, condition)
        second = people.ref(answer.body).id or bundles.located(answer.location).id
        return second == first_id

    def _stale(self, patient: HisRef) -> bool:
        """A change against a version that never was must be refused."""
        resource, _etag = get(self.client, patient)
        try:
            self.client.write("PUT", str(patient), resource, {"If-Match": 'W/"not-a-version"'})
        except (Conflict, Rejected):
            return True
        return False

    def _rollback(self) -> bool:
        """A transaction with one bad entry must leave nothing of the good one."""
        key = uuid.uuid4()
        good = outbound.patient(TEST_PERSON, key)
        bundle = bundles.transaction([good, {"resourceType": "Appointment", **_no_identifier()}])
        try:
            self.client.write("POST", "", bundle)
        except (Rejected, Conflict, OutcomeUnknown):
            return own(self.client, "Patient", bundles.token(good)) is None
        return False

    def _searches(self, key: uuid.UUID) -> frozenset[str]:
        """Patients are tried; other types are believed until a search after a cut is blind."""
        token = outbound.key_token(key)
        seen = self._try("search by identifier", lambda: own(self.client, "Patient", token))
        return self.said.identifier_search | {"Patient"} if seen else frozenset()

    def _booking(self, patient: HisRef) -> str:
        """Does the HIS itself refuse the second booking of one time?"""
        if self.said.booking == "operation":
            return "operation"
        refuses = self._try("refuses a second booking", lambda: self._double(patient))
        if refuses is False and self._transactions():
            return "transaction"
        return self.said.booking

    def _transactions(self) -> bool:
        return "rollback: yes" in self.findings

    def _double(self, patient: HisRef) -> bool:
        slot, held = self._slot(), []
        try:
            for _turn in (1, 2):
                key = uuid.uuid4()
                appointment = outbound.appointment(slot, patient.id, key)
                held.append(create_once(self.client, appointment, key, again=False))
        except (Conflict, Rejected):
            return bool(held)  # a HIS that refuses even the first shows nothing
        finally:
            for ref in held:
                booking.change(self.client, self.said, ref, GIVEN_BACK, uuid.uuid4())
        return False

    def _slot(self) -> SlotFact:
        """A time of a test calendar, far from everybody's."""
        calendar = self._stored("Schedule", {
            "resourceType": "Schedule", "active": False, "comment": "portal self-test",
            "actor": [{"display": "portal self-test"}],
        })  # fmt: skip
        start = datetime(2099, 1, 1, 8, tzinfo=UTC)
        end = start.replace(minute=15)
        slot = self._stored("Slot", {
            "resourceType": "Slot", "status": "free", "comment": "portal self-test",
            "schedule": {"reference": str(calendar)},
            "start": start.isoformat(), "end": end.isoformat(),
        })  # fmt: skip
        return SlotFact(start, end, "", slot)

    def _stored(self, kind: str, resource: Resource) -> HisRef:
        answer = self.client.write("POST", kind, resource)
        ref = people.ref(answer.body, kind)
        return ref if ref.id else bundles.located(answer.location, answer.etag)


def _no_identifier() -> Resource:
    """An appointment that no conforming server can take: it has no status and nobody in it."""
    return {"identifier": [{"system": TEST_SYSTEM, "value": str(uuid.uuid4())}]}
