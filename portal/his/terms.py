"""The words the portal and the HIS exchange, whatever the HIS speaks itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, Self, TypeVar

from portal.record.facts import Coding, MedicineFact

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class HisRef:
    """Where something lives in the HIS; the version is an opaque word, empty when not known."""

    type: str
    id: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"

    @classmethod
    def parse(cls, text: str, version: str = "") -> Self:
        """From `Type/id`, as stored in a row."""
        kind, _, name = text.partition("/")
        return cls(kind, name, version)


@dataclass(frozen=True, slots=True)
class Result(Generic[Value]):
    """An answer, when it was true, and which parts of it are missing."""

    value: Value
    as_of: datetime
    source: str = "live"  # live | cache
    partial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number somebody is known by; `system` may be empty when the HIS has only one."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who we look for, as the person wrote it."""

    name: str
    birth_date: date
    gender: str = "unknown"
    identifiers: tuple[Identifier, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PatientFact:
    """A patient as the HIS knows them."""

    ref: HisRef
    name: str = ""
    names: tuple[str, ...] = ()  # every way the HIS writes it
    birth_date: date | None = None
    gender: str = ""
    identifiers: tuple[Identifier, ...] = ()
    phone: str = ""
    doctor_id: str = ""
    organization_id: str = ""
    active: bool = True
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that is this person's, and by what it was known."""

    patient: PatientFact
    by: str  # identifier | match | demographics


@dataclass(frozen=True, slots=True)
class DoctorFact:
    """A doctor of the HIS and the calendars that are theirs."""

    ref: HisRef
    name: str = ""
    gender: str = ""
    active: bool = True
    organization_ids: tuple[str, ...] = ()
    schedule_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotFact:
    """A time of a doctor's calendar. `ref` is None where the portal owns the calendar."""

    start: datetime
    end: datetime
    doctor_id: str
    ref: HisRef | None = None
    status: str = "free"


@dataclass(frozen=True, slots=True)
class AppointmentChange:
    """What happened to an appointment: arrived, checked-in, fulfilled, cancelled or noshow."""

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One line of a doctor's day in the HIS."""

    ref: HisRef
    status: str
    start: datetime | None
    end: datetime | None
    patient_id: str = ""
    patient: PatientFact | None = None
    key: uuid.UUID | None = None  # ours, where the portal booked it


@dataclass(frozen=True, slots=True)
class PrescriptionFact:
    """A medicine that may be filled again, counted from the HIS's own dispenses."""

    medicine: MedicineFact
    ref: HisRef
    repeats_allowed: int | None = None
    fills_done: int = 0
    fills_left: int | None = None  # None: the HIS does not say how many
    prior: str = ""
    valid_until: date | None = None
    last_fill: date | None = None


@dataclass(frozen=True, slots=True)
class ConsultationNote:
    """A signed note as it goes into the HIS: one document, corrected only by a new one."""

    patient_id: str
    doctor_id: str
    title: str
    signed_at: datetime
    content: bytes
    content_type: str = "text/plain; charset=utf-8"
    signature: str = ""
    summary: str = ""
    organization_id: str = ""
    appointment: HisRef | None = None
    replaces: HisRef | None = None


@dataclass(frozen=True, slots=True)
class PrescriptionLine:
    """One medicine of a signed prescription; `key` is the line's own UUID."""

    key: uuid.UUID
    text: str
    codings: tuple[Coding, ...]
    dosage: str
    days: int | None = None
    quantity: float | None = None
    unit: str = ""
    dose: float | None = None
    dose_unit: str = ""
    times_a_day: int | None = None
    route: str = ""
    repeats_allowed: int = 0
    substitution: bool = True
    continuous: bool = False
    prior: HisRef | None = None


@dataclass(frozen=True, slots=True)
class PrescriptionOrder:
    """A signed prescription of one to five lines (R50)."""

    patient_id: str
    doctor_id: str
    authored_on: datetime
    lines: tuple[PrescriptionLine, ...]
    diagnoses: tuple[Coding, ...] = ()
    valid_until: date | None = None
    signature: str = ""
    group: uuid.UUID | None = None  # the form itself, the same in every version; else the key


@dataclass(frozen=True, slots=True)
class Dispense:
    """A medicine handed over against a prescription line that the HIS knows."""

    prescription: HisRef
    patient_id: str
    text: str
    codings: tuple[Coding, ...]
    quantity: float
    unit: str
    when_handed_over: datetime
    days_supply: int | None = None
    receiver: str = ""
    substituted: bool = False
    substitution_reason: str = ""
    substitution_kind: str = ""  # HL7 v3 substanceAdminSubstitution
    substitution_by: str = ""  # who answers for it, by the hospital's name
    dispenser_id: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed in the HIS: whose it is and what it says now."""

    ref: HisRef
    at: datetime
    patient_id: str = ""
    status: str = ""
    replaced_by: str = ""
    doctor_id: str = ""
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this HIS can do: what it says of itself, corrected by what it did in our self-test."""

    software: str = ""
    version: str = ""
    types: frozenset[str] = frozenset()
    booking: str = "appointment"  # appointment | transaction | operation
    match: bool = True
    transaction: bool = False
    conditional_create: bool | None = None  # None: not tried
    if_match: bool | None = None
    identifier_search: frozenset[str] = frozenset()
    findings: tuple[str, ...] = field(default=())
