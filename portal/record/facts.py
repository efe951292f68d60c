"""What a record says, as small plain values: read tolerantly, shown as received."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Coding:
    """A code from a system; `text` is shown when the code is not known here."""

    system: str = ""
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AllergyFact:
    """One allergy or intolerance. `substance` "none known" arrives as `none_known=True`."""

    substance: str
    codings: tuple[Coding, ...] = ()
    reaction: str = ""
    severity: str = ""  # mild | moderate | severe | ""
    kind: str = ""  # allergy | intolerance | ""
    certainty: str = ""  # confirmed | unconfirmed | ""
    recorded: date | None = None
    none_known: bool = False


@dataclass(frozen=True, slots=True)
class ConditionFact:
    """One diagnosis; `icd10` is empty when the HIS gave another system only."""

    text: str
    icd10: str = ""
    codings: tuple[Coding, ...] = ()
    clinical_status: str = (
        ""  # active | recurrence | relapse | inactive | remission | resolved | ""
    )
    onset: date | None = None
    last_seen: date | None = None


@dataclass(frozen=True, slots=True)
class MedicineFact:
    """One ordered medicine; dosage text as received."""

    text: str
    atc: str = ""
    codings: tuple[Coding, ...] = ()
    status: str = ""  # active | on-hold | completed | stopped | …
    dosage: str = ""
    authored: date | None = None
    days_supply: int | None = None
    reference: str = ""  # "MedicationRequest/…"


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement: value with its unit as received."""

    text: str
    code: str = ""
    value: str = ""
    unit: str = ""
    taken: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit, report or document: a title and a day."""

    text: str
    day: date | None = None
    kind: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Section(Generic[Entry]):
    """A part of the record and how far to trust it. `entries` None means unknown, never none."""

    entries: tuple[Entry, ...] | None = None
    as_of: datetime | None = None
    error: str = ""

    @property
    def is_known(self) -> bool:
        return self.entries is not None


@dataclass(frozen=True, slots=True)
class Summary:
    """The seven sections of a HIS record."""

    allergies: Section[AllergyFact] = field(default_factory=Section)
    conditions: Section[ConditionFact] = field(default_factory=Section)
    medicines: Section[MedicineFact] = field(default_factory=Section)
    observations: Section[Reading] = field(default_factory=Section)
    reports: Section[VisitFact] = field(default_factory=Section)
    documents: Section[VisitFact] = field(default_factory=Section)
    encounters: Section[VisitFact] = field(default_factory=Section)


@dataclass(frozen=True, slots=True)
class PrescribedLine:
    """One medicine of a prescription as the HIS is told it."""

    id: UUID
    code: str
    name_en: str
    name_zh: str
    atc: str
    form: str
    strength: str
    route: str
    dose: str
    dose_unit: str
    frequency: str  # code of the own list
    frequency_en: str
    frequency_zh: str
    doses_per_day: str
    times: tuple[str, ...]
    is_as_needed: bool
    days: int
    quantity: str
    quantity_unit: str
    instruction: str
    course_of_therapy: str
    number_of_repeats_allowed: int
    continues: str  # reference of the HIS order it carries on, or empty
    prior: UUID | None
    status: str


@dataclass(frozen=True, slots=True)
class PrescriptionDocument:
    """A signed prescription for the HIS: plain values, nothing to look up."""

    id: UUID
    group_identifier: UUID
    status: str
    status_reason: str
    organization_id: UUID
    patient_his_id: str
    practitioner_his_id: str
    practitioner_name: str
    encounter_id: UUID | None
    diagnosis: tuple[Coding, ...]
    authored_on: datetime
    signed_at: datetime | None
    valid_until: datetime | None
    digest: str
    signature: str
    version_id: UUID | None
    lines: tuple[PrescribedLine, ...]
