"""The one adapter: the port over FHIR R4, leaning on no habit of any one server."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from django.utils import timezone

from portal.his import booking, matching, probing, reading, watching, writing
from portal.his.client import Client
from portal.his.errors import BadPayload, NotFound, Rejected
from portal.his.port import SECTIONS, Cursor
from portal.his.searching import Page, search
from portal.his.terms import (
    AppointmentChange,
    Capabilities,
    Change,
    ConsultationNote,
    Dispense,
    DoctorFact,
    Found,
    HisRef,
    PatientFact,
    Person,
    PrescriptionFact,
    PrescriptionOrder,
    QueueEntry,
    Result,
    SlotFact,
)
from portal.his.wire import people
from portal.his.wire.tolerant import moment, reference, thing
from portal.record.facts import Summary

logger = logging.getLogger(__name__)

LISTED = ("Practitioner", "PractitionerRole", "Schedule")


class FhirHis:
    """A hospital information system that speaks FHIR R4 over HTTP."""

    def __init__(self, client: Client, capabilities: Capabilities) -> None:
        self.client, self.capabilities = client, capabilities

    def probe(self, *, self_test: bool = False) -> Capabilities:
        return probing.probe(self.client, self_test=self_test)

    def find_patient(self, person: Person) -> Result[Found | None]:
        now = datetime.now().astimezone()
        return Result(matching.find(self.client, self.capabilities, person), now)

    def patient(self, patient_id: str) -> Result[PatientFact]:
        now = datetime.now().astimezone()
        return Result(matching.follow(self.client, patient_id), now)

    def register_patient(self, person: Person, key: uuid.UUID, *, again: bool = False) -> HisRef:
        return writing.register(self.client, person, key, again=again)

    def directory(self, since: datetime | None = None) -> Result[tuple[DoctorFact, ...]]:
        """Everybody with roles and calendars; with `since`, those of whom something changed."""
        pages = [_listed(self.client, kind) for kind in LISTED]
        if not all(page.complete for page in pages):
            raise BadPayload("only a part of the directory could be read")
        doctors, roles, calendars = (page.resources for page in pages)
        fresh = {
            _doctor_of(item) for page in pages for item in page.resources if _since(item, since)
        }
        facts = (people.doctor(item, roles, calendars) for item in doctors)
        return Result(tuple(one for one in facts if one.ref.id in fresh), pages[0].at)  # fmt: skip

    def find_slots(
        self, doctor_id: str, start: datetime, end: datetime
    ) -> Result[tuple[SlotFact, ...]]:
        free, page = booking.free_slots(self.client, doctor_id, start, end)
        return Result(free, page.at, partial=() if page.complete else ("slots",))

    def book(
        self, slot: SlotFact, patient_id: str, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        return booking.book(self.client, self.capabilities, slot, patient_id, key, again=again)

    def update_appointment(
        self, ref: HisRef, change: AppointmentChange, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        """A state is set, not added: saying it again after a cut is harmless."""
        return booking.change(self.client, self.capabilities, ref, change, key)

    def doctor_queue(
        self, doctor_id: str, day: date, zone: tzinfo
    ) -> Result[tuple[QueueEntry, ...]]:
        rows, page = booking.queue(self.client, doctor_id, day, zone)
        return Result(tuple(rows), page.at, partial=() if page.complete else ("queue",))

    def record_section(self, patient_id: str, section: str) -> Result[tuple[Any, ...]]:
        return reading.section(self.client, patient_id, section)

    def record_summary(
        self, patient_id: str, sections: Sequence[str] = SECTIONS
    ) -> Result[Summary]:
        return reading.summary(self.client, patient_id, sections)

    def prescriptions(self, patient_id: str) -> Result[tuple[PrescriptionFact, ...]]:
        return reading.prescriptions(self.client, patient_id)

    def write_consultation(
        self, note: ConsultationNote, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        return writing.consultation(self.client, note, key, again=again)

    def write_prescription(
        self, order: PrescriptionOrder, key: uuid.UUID, *, again: bool = False
    ) -> tuple[HisRef, ...]:
        return writing.prescription(self.client, self.capabilities, order, key, again=again)

    def cancel_prescription(
        self, refs: Sequence[HisRef], reason: str, key: uuid.UUID
    ) -> tuple[HisRef, ...]:
        return writing.cancel_prescription(self.client, refs, reason, key)

    def write_dispense(self, dispense: Dispense, key: uuid.UUID, *, again: bool = False) -> HisRef:
        return writing.dispense(self.client, dispense, key, again=again)

    def changes(self, cursor: Cursor) -> tuple[tuple[Change, ...], Cursor]:
        return watching.changes(self.client, cursor)


def _listed(client: Client, kind: str) -> Page:
    """All of a type; a HIS may do without roles and calendars, but not without doctors."""
    try:
        return search(client, kind, {}, extras={"_count": "200"}, limit=5000, seconds=20)
    except (NotFound, Rejected):
        if kind == "Practitioner":
            raise
        return Page(kind, timezone.now())


def _doctor_of(resource: dict[str, Any]) -> str:
    """Whose row this is: the doctor's own, a role of theirs, or their calendar."""
    if resource.get("resourceType") == "Practitioner":
        return people.ref(resource).id
    actors = people.things(resource.get("actor")) or [thing(resource.get("practitioner"))]
    return next(filter(None, (reference(item, "Practitioner") for item in actors)), "")


def _since(resource: dict[str, Any], since: datetime | None) -> bool:
    changed = moment(thing(resource.get("meta")).get("lastUpdated"))
    return since is None or changed is None or changed >= since
