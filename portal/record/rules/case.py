"""What the checks look at: the new lines, the person, and all that is already taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from portal.record.facts import MedicineFact, Summary
from portal.terminology import substances
from portal.terminology.models import Frequency, Medication

NOT_TAKEN = {"stopped", "completed", "cancelled", "entered-in-error", "draft", "ended"}


@dataclass(frozen=True, slots=True)
class Line:
    """One new line of a prescription, as the checks see it."""

    position: int
    medication: Medication
    dose: Decimal
    dose_unit: str
    frequency: Frequency
    days: int
    quantity: Decimal
    days_reason: str = ""
    instruction: str = ""
    continues: str = ""
    is_renewal: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A medicine in use, new or old, by what is in it."""

    name: str
    key: str
    substances: frozenset[str]
    tags: frozenset[str]
    groups: frozenset[str]  # ATC level 4
    classes: frozenset[str]
    line: Line | None = None
    fact: MedicineFact | None = None

    @property
    def position(self) -> int | None:
        return self.line.position if self.line else None

    @property
    def is_local(self) -> bool:
        """Works where it is put: nose, eye, skin."""
        return bool(self.groups) and all(
            group.startswith(("R01", "S01", "D", "M02")) for group in self.groups
        )


@dataclass(frozen=True)
class Case:
    """One prescription for one person on one day."""

    lines: Sequence[Line]
    birth_date: date
    gender: str
    name: str
    summary: Summary
    on: date
    limits: Mapping[str, Any]
    diagnosis: tuple[str, ...] = ()
    department: str | None = None
    title: str = ""
    has_guardian: bool = False
    long_assessment: Mapping[str, Any] = field(default_factory=dict)
    has_agreed: bool = False
    portal_medicines: Sequence[MedicineFact] = ()

    @property
    def age(self) -> int:
        born, day = self.birth_date, self.on
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @cached_property
    def new(self) -> tuple[Taken, ...]:
        return tuple(map(_of_line, self.lines))

    @cached_property
    def old(self) -> tuple[Taken, ...]:
        """What the record says is taken now; the same medicine written twice counts once."""
        facts = (*(self.summary.medicines.entries or ()), *self.portal_medicines)
        seen: dict[tuple[frozenset[str], str], Taken] = {}
        for fact in facts:
            if fact.status in NOT_TAKEN:
                continue
            taken = understood(fact)
            mark = (taken.substances, "" if taken.substances else fact.text)
            kept = seen.get(mark)
            if kept is None or _runs_out(taken) > _runs_out(kept):
                seen[mark] = taken
        return tuple(seen.values())

    def is_continued(self, line: Line, old: Taken) -> bool:
        """Whether the line carries on this very order."""
        if line.is_renewal and old.substances == frozenset(line.medication.substances):
            return True
        return bool(line.continues and old.fact and line.continues == old.fact.reference)

    def is_known_before(self, line: Line) -> bool:
        """Whether the record holds an earlier order of the same substances (R63)."""
        wanted = frozenset(line.medication.substances)
        entries = (*(self.summary.medicines.entries or ()), *self.portal_medicines)
        return line.is_renewal or any(wanted <= understood(entry).substances for entry in entries)


def days_left(old: Taken, on: date) -> int | None:
    """How long the last supply still lasts; None when the record does not say."""
    end = _runs_out(old)
    return (end - on).days if end > date.min else None


@lru_cache(maxsize=8192)
def understood(fact: MedicineFact) -> Taken:
    """A medicine of the record by what is in it: by its codes, else by its words."""
    names = substances.of_atc(fact.atc) if fact.atc else frozenset()
    for coding in fact.codings:
        names = names or substances.of_coding(coding.system, coding.code)
    names = names or substances.of_text(fact.text)
    parts = [substances.named(name) for name in names]
    groups = {code[:5] for part in parts for code in part.atc}
    if len(fact.atc) >= 5 and len(parts) < 2:
        groups = {fact.atc[:5].upper()}
    return Taken(
        name=fact.text,
        key="+".join(sorted(names)) or fact.text[:40],
        substances=names,
        tags=frozenset(tag for part in parts for tag in part.tags),
        groups=frozenset(groups),
        classes=frozenset(word for part in parts for word in part.classes),
        fact=fact,
    )


def _of_line(line: Line) -> Taken:
    medication = line.medication
    return Taken(
        name=str(medication),
        key=medication.code,
        substances=frozenset(medication.substances),
        tags=frozenset(medication.interaction_tags),
        groups=_groups(medication.atc, medication.substances),
        classes=frozenset(medication.allergen_classes),
        line=line,
    )


@lru_cache(maxsize=2048)
def _groups(atc: str, names: tuple[str, ...]) -> frozenset[str]:
    """The ATC level 4 groups: the product's own, and of each part of a combination."""
    groups = {atc[:5]}
    if len(names) > 1:
        groups.update(code[:5] for name in names for code in substances.named(name).atc)
    return frozenset(groups)


def _runs_out(old: Taken) -> date:
    fact = old.fact
    if fact is None or fact.authored is None or fact.days_supply is None:
        return date.min
    return fact.authored + timedelta(days=fact.days_supply)
