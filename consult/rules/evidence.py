"""Was this illness diagnosed in person, lately enough? (R24–R28; unknown is never none, R169)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.record.facts import ConditionFact, Section, Summary, VisitFact
from portal.terminology import icd10

OVER = frozenset({"inactive", "remission", "resolved"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One earlier diagnosis: what, when, and where it is written."""

    icd10: str
    text: str
    day: str  # ISO date
    source: str  # his | paper
    reference: str = ""

    @property
    def key(self) -> str:
        """What the button of this diagnosis sends."""
        return f"{self.source}:{self.icd10 or self.text}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the record says about earlier diagnoses, and how far it can be trusted."""

    is_known: bool
    items: tuple[Evidence, ...] = ()
    too_old: tuple[Evidence, ...] = ()
    as_of: datetime | None = None


def look(summary: Summary, on: date, max_age: timedelta) -> Finding:
    """The diagnoses that a follow-up may lean on; those seen longer than `max_age` ago apart."""
    if summary.conditions.entries is None:
        return Finding(is_known=False)
    fresh: list[Evidence] = []
    stale: list[Evidence] = []
    for condition in summary.conditions.entries:
        if condition.clinical_status in OVER or not (condition.text or condition.icd10):
            continue
        evidence = _evidence(condition, summary.encounters, on)
        if evidence.day and on - date.fromisoformat(evidence.day) <= max_age:
            fresh.append(evidence)
        else:
            stale.append(evidence)
    if stale and summary.encounters.entries is None:
        # A visit that was not read may be the recent one: nobody is told "too long ago" (R169).
        return Finding(bool(fresh), _distinct(fresh), (), summary.conditions.as_of)
    return Finding(True, _distinct(fresh), _distinct(stale), summary.conditions.as_of)


def same_diagnosis(code: str, evidence: Iterable[dict[str, Any]]) -> bool:
    """Is a conclusion within the evidence: the same ICD-10 category of three characters (R25)?"""
    wanted = icd10.category(code)
    return bool(wanted) and any(icd10.category(item["icd10"]) == wanted for item in evidence)


def _evidence(condition: ConditionFact, visits: Section[VisitFact], on: date) -> Evidence:
    """The condition with the latest day that a doctor saw it, by itself or in a visit naming it."""
    days = [(day, "") for day in (condition.onset, condition.last_seen) if day and day <= on]
    days += [
        (visit.day, visit.reference)
        for visit in visits.entries or ()
        if visit.day and visit.day <= on and _names(visit, condition)
    ]
    day, reference = max(days, key=lambda seen: seen[0], default=(None, ""))
    return Evidence(
        condition.icd10, condition.text, day.isoformat() if day else "", "his", reference
    )


def _names(visit: VisitFact, condition: ConditionFact) -> bool:
    said = visit.text.casefold()
    words = (condition.text.casefold(), condition.icd10.casefold())
    return any(word and word in said for word in words)


def _distinct(items: list[Evidence]) -> tuple[Evidence, ...]:
    """One button a diagnosis: the newest of several rows of the record."""
    newest: dict[str, Evidence] = {}
    for item in sorted(items, key=lambda item: item.day):
        newest[item.key] = item
    return tuple(sorted(newest.values(), key=lambda item: item.day, reverse=True))
