"""A patient's record as the portal last read it, with what the doctor asked; read tolerantly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from portal.record import facts
from portal.record.models import AllergyIntolerance, Patient, RecordSection
from portal.terminology import parameters

Entry = TypeVar("Entry")
Plain = dict[str, Any]


def read(patient: Patient) -> facts.Summary:
    """The seven sections. A section that was never read stays unknown, never empty (R169)."""
    return read_many([patient])[patient.pk]


def read_many(patients: Iterable[Patient]) -> dict[UUID, facts.Summary]:
    """The records of many patients, with as many questions to the database as for one."""
    wanted = [patient.pk for patient in patients]
    rows: dict[UUID, dict[str, RecordSection]] = {pk: {} for pk in wanted}
    asked: dict[UUID, list[AllergyIntolerance]] = {pk: [] for pk in wanted}
    for row in RecordSection.objects.filter(patient__in=wanted):
        rows[row.patient_id][row.section] = row
    for answer in AllergyIntolerance.objects.filter(patient__in=wanted, superseded_at=None):
        asked[answer.patient_id].append(answer)
    return {pk: _summary(rows[pk], asked[pk]) for pk in wanted}


def _summary(rows: dict[str, RecordSection], asked: list[AllergyIntolerance]) -> facts.Summary:
    def section(name: str, reader: Callable[[Plain], Entry]) -> facts.Section[Entry]:
        return _section(rows.get(name), reader)

    return facts.Summary(
        allergies=_merged(section("allergies", _allergy), tuple(map(_asked, asked))),
        conditions=section("conditions", _condition),
        medicines=section("medicines", _medicine),
        observations=section("observations", _reading),
        reports=section("reports", _visit),
        documents=section("documents", _visit),
        encounters=section("encounters", _visit),
    )


def is_old(section: facts.Section[Any], now: datetime | None = None) -> bool:
    """Shown in amber: read more than 15 minutes ago, or never."""
    return _older(section, "rx.data_amber_age_s", now)


def is_too_old_to_sign(section: facts.Section[Any], now: datetime | None = None) -> bool:
    """Unknown, or read more than 24 hours ago: signing needs an explicit step (R169)."""
    return not section.is_known or _older(section, "rx.data_max_age_s", now)


def as_of(summary: facts.Summary) -> datetime | None:
    """How old the data behind a prescription is: the older of allergies and medicines.

    None when one of them was never read.
    """
    times = (summary.allergies.as_of, summary.medicines.as_of)
    return min((moment for moment in times if moment), default=None) if all(times) else None


def needs_confirmation(summary: facts.Summary, now: datetime | None = None) -> bool:
    """Whether signing needs "data as of hh:mm, confirmed with the patient" (R169)."""
    return any(is_too_old_to_sign(part, now) for part in (summary.allergies, summary.medicines))


def allergies_are_known(summary: facts.Summary) -> bool:
    """A list, or "none known" said by somebody. An empty answer is not an answer (R75)."""
    return bool(summary.allergies.entries)


def _older(section: facts.Section[Any], limit: str, now: datetime | None) -> bool:
    age = timedelta(seconds=parameters.value(limit))
    return section.as_of is None or (now or timezone.now()) - section.as_of > age


def _merged(
    his: facts.Section[facts.AllergyFact], asked: tuple[facts.AllergyFact, ...]
) -> facts.Section[facts.AllergyFact]:
    """The HIS's list and the doctor's together; "none known" yields to any substance."""
    if not asked:
        return his
    together = (*(his.entries or ()), *asked)
    real = tuple(entry for entry in together if not entry.none_known)
    return replace(his, entries=real or together)


def _asked(row: AllergyIntolerance) -> facts.AllergyFact:
    return facts.AllergyFact(
        substance=row.substance,
        reaction=row.reaction,
        severity=row.severity,
        kind=row.kind,
        certainty=row.certainty,
        recorded=timezone.localdate(row.recorded),
        none_known=row.is_none_known,
    )


def _section(row: RecordSection | None, reader: Callable[[Plain], Entry]) -> facts.Section[Entry]:
    if row is None:
        return facts.Section()
    if not isinstance(row.entries, list):
        return facts.Section(None, row.as_of, row.error)
    entries = (reader(entry) for entry in row.entries if isinstance(entry, dict))
    return facts.Section(tuple(entries), row.as_of, row.error)


def _allergy(entry: Plain) -> facts.AllergyFact:
    return facts.AllergyFact(
        substance=_text(entry, "substance"),
        codings=_codings(entry),
        reaction=_text(entry, "reaction"),
        severity=_text(entry, "severity"),
        kind=_text(entry, "kind"),
        certainty=_text(entry, "certainty"),
        recorded=_day(entry, "recorded"),
        none_known=entry.get("none_known") is True,
    )


def _condition(entry: Plain) -> facts.ConditionFact:
    return facts.ConditionFact(
        text=_text(entry, "text"),
        icd10=_text(entry, "icd10"),
        codings=_codings(entry),
        clinical_status=_text(entry, "clinical_status"),
        onset=_day(entry, "onset"),
        last_seen=_day(entry, "last_seen"),
    )


def _medicine(entry: Plain) -> facts.MedicineFact:
    days = entry.get("days_supply")
    return facts.MedicineFact(
        text=_text(entry, "text"),
        atc=_text(entry, "atc"),
        codings=_codings(entry),
        status=_text(entry, "status"),
        dosage=_text(entry, "dosage"),
        authored=_day(entry, "authored"),
        days_supply=days if isinstance(days, int) and 0 < days < 3660 else None,
        reference=_text(entry, "reference"),
        last_fill=_day(entry, "last_fill"),
        fills=entry["fills"] if isinstance(entry.get("fills"), int) else 0,
        course=_text(entry, "course"),
        as_needed=entry.get("as_needed") is True,
        form=_text(entry, "form"),
    )


def _reading(entry: Plain) -> facts.Reading:
    return facts.Reading(
        text=_text(entry, "text"),
        code=_text(entry, "code"),
        value=_text(entry, "value"),
        unit=_text(entry, "unit"),
        taken=_moment(entry, "taken"),
    )


def _visit(entry: Plain) -> facts.VisitFact:
    return facts.VisitFact(
        text=_text(entry, "text"),
        day=_day(entry, "day"),
        kind=_text(entry, "kind"),
        reference=_text(entry, "reference"),
    )


def _text(entry: Plain, name: str) -> str:
    value = entry.get(name)
    return str(value) if isinstance(value, str | int | float) else ""


def _codings(entry: Plain) -> tuple[facts.Coding, ...]:
    rows = entry.get("codings")
    return tuple(
        facts.Coding(_text(row, "system"), _text(row, "code"), _text(row, "text"))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    )


def _day(entry: Plain, name: str) -> date | None:
    moment = _moment(entry, name)
    if moment is not None:
        return moment.date()
    try:
        return parse_date(_text(entry, name))
    except ValueError:
        return None


def _moment(entry: Plain, name: str) -> datetime | None:
    """On the clock where it is read, so that its day is the day of the rules."""
    try:
        moment = parse_datetime(_text(entry, name))
        if moment is None or timezone.is_naive(moment):
            return moment and timezone.make_aware(moment)
        return timezone.localtime(moment)
    except (ValueError, OverflowError):
        return None
