"""How a renewal would be written: the last order's dose and diagnosis, or the hospital's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.record.facts import ConditionFact, Summary
from portal.record.models import MedicationRequest
from portal.terminology import icd10
from portal.terminology.models import Frequency, Medication
from refill.models import RefillRequest
from refill.supply import Supply

FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)?")
ENDED = ("resolved", "inactive", "remission")
#: Which illnesses a medicine's ATC group is usually for (WHO ATC; ICD-10 categories).
FOR = {
    "A10": ("E10", "E11", "E13", "E14"),
    "B01": ("I48", "I25", "I20", "I63", "I69"),
    "C01": ("I50", "I25", "I48"),
    "C02": ("I10", "I11"), "C03": ("I10", "I50"), "C07": ("I10", "I25", "I48"),
    "C08": ("I10", "I11", "I25"), "C09": ("I10", "I11", "I50"),
    "C10": ("E78", "I25"), "H03": ("E03", "E05"), "M04": ("M10", "E79"),
    "M05": ("M81", "M80"), "A12": ("M81",), "R03": ("J45", "J44"), "A02": ("K21", "K25", "K29"),
    "G04": ("N40",), "N05": ("F20",), "N06": ("F32", "F33", "G30"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the doctor finds filled in; `is_sure` when it is the last order signed here."""

    medication: Medication
    dose: Decimal
    dose_unit: str
    frequency: Frequency | None
    instruction: str
    diagnoses: tuple[str, ...]
    is_sure: bool
    words: str = ""  # the hospital's own directions, shown beside the form


def propose(
    row: RefillRequest, one: Supply | None, record: Summary, often: Mapping[str, Frequency]
) -> Proposal:
    """The last order again; where there is none here, the hospital's words read with care."""
    if one is not None and one.line is not None:
        return _again(one.line, record)
    fact = one.fact if one else None
    words = fact.dosage if fact else ""
    found = FIRST_NUMBER.search(words)
    return Proposal(
        medication=row.medication,
        dose=Decimal(found[0]) if found else Decimal(1),
        dose_unit=row.medication.unit,
        frequency=_frequency(words, often.values()),
        instruction="",
        diagnoses=_diagnoses(row.medication, record),
        is_sure=False,
        words=words,
    )


def frequencies() -> dict[str, Frequency]:
    """Every term of frequency by its code."""
    return {row.code: row for row in Frequency.objects.all()}


def unsaved(row: RefillRequest, one: Supply | None, how: Proposal) -> MedicationRequest | None:
    """The renewal as the checks see it before it is written."""
    if how.frequency is None:
        return None
    return MedicationRequest(
        position=1,
        medication=how.medication,
        dose=how.dose,
        dose_unit=how.dose_unit,
        frequency=how.frequency,
        days=row.days,
        quantity=Decimal("0.01"),
        days_reason="-",
        continues=row.continues,
        prior_prescription=one.line if one else None,
    )


def choices_of_diagnosis(how: Proposal, record: Summary) -> list[tuple[str, str]]:
    """The illnesses of the record and of the last prescription, to choose from."""
    codes = dict.fromkeys([*how.diagnoses, *(fact.icd10 for fact in _living(record))])
    known = (icd10.find(code) for code in codes if code)
    return [(one.code, f"{one.code} {one.display()}") for one in known if one]


def _again(line: MedicationRequest, record: Summary) -> Proposal:
    codes = tuple(entry["code"] for entry in line.prescription.diagnosis)
    return Proposal(
        medication=line.medication,
        dose=line.dose,
        dose_unit=line.dose_unit,
        frequency=line.frequency,
        instruction=line.instruction,
        diagnoses=codes or _diagnoses(line.medication, record),
        is_sure=True,
    )


def _diagnoses(medicine: Medication, record: Summary) -> tuple[str, ...]:
    """The illness this medicine is for, as far as the record holds one."""
    usual = FOR.get(medicine.atc[:3], ())
    for fact in _living(record):
        if icd10.category(fact.icd10) in usual and icd10.find(fact.icd10):
            return (fact.icd10,)
    return ()


def _living(record: Summary) -> list[ConditionFact]:
    facts = record.conditions.entries or ()
    return [fact for fact in facts if fact.icd10 and fact.clinical_status not in ENDED]


def _frequency(words: str, often: Iterable[Frequency]) -> Frequency | None:
    """The term whose name stands in the hospital's words, the longest first."""
    text = words.lower()
    named = [row for row in often if row.name_en.lower() in text or row.name_zh in words]
    return max(named, key=lambda row: len(row.name_en), default=None)
