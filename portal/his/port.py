"""The port to the hospital information system, in the portal's own words.

FHIR R4 is the reference adapter (`fhir.py`); an HL7 v2 or SOAP adapter would keep this
protocol. Every write takes the message's `key` and `again`: True when an earlier try may
have arrived, so that the adapter searches before it sends (HIS laws 2 and 3).
Only the errors of `portal.his.errors` leave a port.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from portal.his.errors import (
    Ambiguous,
    AuthFailed,
    BadPayload,
    Conflict,
    HisError,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SlotTaken,
    Unavailable,
)
from portal.his.terms import (
    AppointmentChange,
    Capabilities,
    Change,
    ConsultationNote,
    Dispense,
    DoctorFact,
    Found,
    HisRef,
    Identifier,
    PatientFact,
    Person,
    PrescriptionFact,
    PrescriptionLine,
    PrescriptionOrder,
    QueueEntry,
    Result,
    SlotFact,
)
from portal.record.facts import Summary

SECTIONS = (
    "allergies", "conditions", "medicines", "observations", "reports", "documents", "encounters",
)  # fmt: skip

Cursor = dict[str, str]


class HisPort(Protocol):
    """What the portal asks of a hospital information system."""

    def probe(self, *, self_test: bool = False) -> Capabilities:
        """What the HIS can do; with `self_test`, proven on a test patient of ours."""

    def find_patient(self, person: Person) -> Result[Found | None]:
        """The one record of this person and by what, or None. Raises Ambiguous."""

    def patient(self, patient_id: str) -> Result[PatientFact]:
        """The record behind an id, following `replaced by` at most five times."""

    def register_patient(self, person: Person, key: uuid.UUID, *, again: bool = False) -> HisRef:
        """Open a record for somebody the HIS does not know."""

    def directory(self, since: datetime | None = None) -> Result[tuple[DoctorFact, ...]]:
        """The doctors and their calendars."""

    def find_slots(
        self, doctor_id: str, start: datetime, end: datetime
    ) -> Result[tuple[SlotFact, ...]]:
        """Free times of a doctor between two moments, earliest first."""

    def book(
        self, slot: SlotFact, patient_id: str, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        """Take a time, and read it back. Raises SlotTaken when somebody else has it."""

    def update_appointment(
        self, ref: HisRef, change: AppointmentChange, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        """Say what happened to an appointment. Raises Conflict when it changed meanwhile."""

    def doctor_queue(
        self, doctor_id: str, day: date, zone: tzinfo
    ) -> Result[tuple[QueueEntry, ...]]:
        """A doctor's appointments of one day in the centre's zone."""

    def record_section(self, patient_id: str, section: str) -> Result[tuple[Any, ...]]:
        """One part of the record as facts of `portal.record.facts`."""

    def record_summary(
        self, patient_id: str, sections: Sequence[str] = SECTIONS
    ) -> Result[Summary]:
        """Several parts; one that fails is named in `partial` and stays unknown (R169)."""

    def prescriptions(self, patient_id: str) -> Result[tuple[PrescriptionFact, ...]]:
        """Active and paused medicines with the fills that are left."""

    def write_consultation(
        self, note: ConsultationNote, key: uuid.UUID, *, again: bool = False
    ) -> HisRef:
        """Store a signed note."""

    def write_prescription(
        self, order: PrescriptionOrder, key: uuid.UUID, *, again: bool = False
    ) -> tuple[HisRef, ...]:
        """Store a signed prescription; one reference a line, in the order of the lines."""

    def cancel_prescription(
        self, refs: Sequence[HisRef], reason: str, key: uuid.UUID
    ) -> tuple[HisRef, ...]:
        """Take back what was not dispensed."""

    def write_dispense(self, dispense: Dispense, key: uuid.UUID, *, again: bool = False) -> HisRef:
        """Store that a medicine was handed over."""

    def changes(self, cursor: Cursor) -> tuple[tuple[Change, ...], Cursor]:
        """What changed since the cursor, and the next cursor; rows repeat, dedupe by version."""


__all__ = [
    "SECTIONS",
    "Ambiguous",
    "AppointmentChange",
    "AuthFailed",
    "BadPayload",
    "Capabilities",
    "Change",
    "Conflict",
    "ConsultationNote",
    "Cursor",
    "Dispense",
    "DoctorFact",
    "Found",
    "HisError",
    "HisPort",
    "HisRef",
    "Identifier",
    "NotFound",
    "OutcomeUnknown",
    "PatientFact",
    "Person",
    "PrescriptionFact",
    "PrescriptionLine",
    "PrescriptionOrder",
    "QueueEntry",
    "Rejected",
    "Result",
    "SlotFact",
    "SlotTaken",
    "Summary",
    "Unavailable",
]
