"""The whole picture of a request before a doctor decides: all facts on one row (R73)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.his import snapshot
from portal.record import rules as checks
from portal.record import summary
from portal.record.facts import AllergyFact, MedicineFact, Reading, Section, Summary
from portal.record.models import MedicationRequest, Practitioner
from portal.record.rules import Alert
from portal.terminology import laboratory
from portal.terminology.models import Frequency
from refill import proposing, rules, supply, triaging
from refill.models import RefillRequest
from refill.proposing import Proposal
from refill.rules import Answer, Answers, Kind
from refill.supply import Issue, Supply
from refill.triaging import Asking, Known, Readings

NEWEST = 6
FORM_ONLY = ("R52", "R62", "R66")  # answered by the form the doctor fills in


@dataclass(frozen=True, slots=True)
class Picture:
    """One request with everything the doctor needs to see."""

    request: RefillRequest
    supply: Supply | None
    record: Summary
    answer: Answer
    proposal: Proposal
    alerts: tuple[Alert, ...]
    overdue: tuple[str, ...]

    @property
    def seen(self) -> str:
        """A mark of the allergies and medicines shown: other ones have another mark (R169)."""
        return seen_mark(self.record)

    @property
    def as_of(self) -> datetime | None:
        return summary.as_of(self.record)

    @property
    def needs_confirmation(self) -> bool:
        return summary.needs_confirmation(self.record)

    @property
    def allergies(self) -> Section[AllergyFact]:
        return self.record.allergies

    @property
    def last(self) -> Issue | None:
        return self.supply.last if self.supply else None

    @property
    def readings(self) -> list[Reading]:
        """The newest of each kind: blood pressure, blood sugar, laboratory."""
        found: dict[str, Reading] = {}
        for reading in self.record.observations.entries or ():
            keys = laboratory.of_reading(reading.code, reading.text)
            for key in keys or ({"bp"} if reading.code == triaging.BLOOD_PRESSURE else ()):
                found.setdefault(key, reading)
        return list(dict.fromkeys(found.values()))[:NEWEST]

    @property
    def pace(self) -> int | None:
        """Days between the last two hand-overs, less the days they were for: + under-use."""
        issues = self.supply.issues if self.supply else ()
        if len(issues) < 2:
            return None
        earlier, later = issues[-2], issues[-1]
        return (later.day - earlier.day).days - earlier.days

    @property
    def is_stable(self) -> bool:
        """One look and one key: every rule passes, and nothing has to be filled in."""
        return (
            self.answer.kind == Kind.REPEAT
            and self.request.is_undecided
            and self.proposal.is_sure
            and not self.needs_confirmation
            and not self.blocking
            and self.request.days <= 28
        )

    @property
    def blocking(self) -> list[Alert]:
        return [alert for alert in self.alerts if alert.blocks or alert.wants_a_reason]


def doctor_of(actor: Actor) -> Practitioner | None:
    """The licence of the doctor who looks."""
    return Practitioner.objects.filter(user=actor.user).first() if actor.user else None


@transaction.atomic
def open_record(actor: Actor, request: RefillRequest) -> None:
    """A doctor opens one request: the look is written down, an old record is read anew."""
    journal.write(actor, "look", request)
    transaction.on_commit(partial(snapshot.request_stale, request.patient))


def pictures(
    requests: Iterable[RefillRequest], doctor: Practitioner | None, now: datetime | None = None
) -> list[Picture]:
    """The pictures of many requests, with as many questions to the database as of one."""
    rows, moment = list(requests), now or timezone.now()
    people = {row.patient_id: row.patient for row in rows}
    records = summary.read_many(people.values())
    shelves = supply.of_many(people.values(), records)
    known, often = triaging.known_of(people.values()), proposing.frequencies()
    return [
        _picture(
            row, shelves[row.patient_id], records[row.patient_id], doctor, known, often, moment
        )
        for row in rows
    ]


def seen_mark(record: Summary) -> str:
    """A mark of what the record says of allergies and medicines."""
    said = repr((record.allergies.entries, record.medicines.entries))
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def asking_of(row: RefillRequest) -> Asking:
    """What was said when it was asked for."""
    names = Answers.__dataclass_fields__
    said = {name: value for name, value in row.answers.items() if name in names}
    home = {name: _number(name, value) for name, value in row.readings.items()}
    return Asking(Answers(**said), Readings(**home), row.days, row.early, "", row.early_reason)


def today_of(row: RefillRequest, now: datetime | None = None) -> date:
    return timezone.localdate(now, timezone=row.organization.zone)


def _picture(
    row: RefillRequest,
    shelf: list[Supply],
    record: Summary,
    doctor: Practitioner | None,
    known: Known,
    often: Mapping[str, Frequency],
    now: datetime,
) -> Picture:
    today = today_of(row, now)
    one = next((one for one in shelf if one.key[:120] == row.medicine_key), None)
    how = proposing.propose(row, one, record, often)
    return Picture(
        request=row,
        supply=one,
        record=record,
        answer=_answer(row, one, record, known, today),
        proposal=how,
        alerts=tuple(_alerts(row, one, how, shelf, record, doctor, today)),
        overdue=tuple(triaging.overdue(row.medication, record, today)),
    )


def _answer(
    row: RefillRequest, one: Supply | None, record: Summary, known: Known, today: date
) -> Answer:
    """The rules once more, with what is known today."""
    if one is None:  # the record does not hold it any more
        return Answer(Kind.REASSESS, "R65", row.sentence)
    return rules.triage(triaging.case_of(one, record, asking_of(row), today, known))


def _alerts(
    row: RefillRequest,
    one: Supply | None,
    how: Proposal,
    shelf: list[Supply],
    record: Summary,
    doctor: Practitioner | None,
    today: date,
) -> list[Alert]:
    line = proposing.unsaved(row, one, how)
    if line is None:
        return []
    ours = [_fact(other.line) for other in shelf if other.line and _is_taken(other, today)]
    found = checks.check(
        [line], row.patient, record, today, practitioner=doctor, portal_medicines=ours
    )
    return [alert for alert in found if alert.rule not in FORM_ONLY]


def _is_taken(other: Supply, today: date) -> bool:
    line = other.line
    if line is None or line.status != MedicationRequest.Status.ACTIVE:
        return False
    return other.run_out is None or other.run_out + timedelta(days=30) >= today


def _fact(line: MedicationRequest) -> MedicineFact:
    medicine, signed = line.medication, line.prescription.signed_at
    return MedicineFact(
        text=f"{medicine.name_en} {medicine.strength} {medicine.name_zh}",
        atc=medicine.atc,
        status=line.status,
        authored=timezone.localdate(signed) if signed else None,
        days_supply=line.days,
        reference=f"urn:uuid:{line.pk}",
    )


def _number(name: str, value: str) -> Any:
    return int(value) if name in ("systolic", "diastolic") else Decimal(value)
