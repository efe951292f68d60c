"""What a record says, as small plain values: read tolerantly, shown as received."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

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
    last_fill: date | None = None  # when the pharmacy last handed it out on this order
    fills: int = 0  # how often it did
    course: str = ""  # continuous | acute | seasonal | ""
    as_needed: bool = False
    form: str = ""  # its prescription; the UUID of the portal's own where this copies one


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
