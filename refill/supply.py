"""How long each medicine of a resident still lasts (R68): the last hand-over, quantity ÷ dose."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from uuid import UUID

from django.utils import timezone

from portal.record import summary
from portal.record.facts import MedicineFact, Summary
from portal.record.models import MedicationRequest, Patient
from portal.record.rules import amounts
from portal.record.rules.case import NOT_TAKEN, understood
from portal.terminology import parameters, substances
from portal.terminology.models import Medication
from portal.terminology.units import UnitMismatch
from refill.models import MedicationDispense

REMEMBERED = timedelta(days=800)  # two reviews back
FORGOTTEN = timedelta(days=400)  # a medicine that ran out so long ago is not taken any more
NEVER_WAS = {"cancelled", "entered-in-error", "draft"}  # an order taken back ends no treatment
LONG_DAYS = 14  # an order without a course of therapy: a supply this long is long-term


@dataclass(frozen=True, slots=True)
class Issue:
    """One hand-over: the day, and for how many days it was meant to last."""

    day: date
    days: int
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """One medicine of one resident: what is left, until when, and from when more can be asked."""

    key: str  # its substances
    name: str
    patient_id: UUID
    medication: Medication | None  # None: not in the centre's catalogue
    is_continuous: bool
    days_left: int | None = None  # None: it was never said for how long it lasts
    run_out: date | None = None
    opens_on: date | None = None
    issues: tuple[Issue, ...] = ()  # the oldest first
    lines: tuple[MedicationRequest, ...] = ()  # signed here, the oldest first
    fact: MedicineFact | None = None  # the hospital's newest order
    candidates: tuple[Medication, ...] = field(default=(), repr=False)

    @property
    def line(self) -> MedicationRequest | None:
        """The last order signed here."""
        return self.lines[-1] if self.lines else None

    @property
    def last(self) -> Issue | None:
        return self.issues[-1] if self.issues else None

    @property
    def mark(self) -> str:
        """Names this medicine in a form without naming it in an address or a log."""
        return hashlib.sha256(f"{self.patient_id}:{self.key}".encode()).hexdigest()[:16]

    @property
    def is_open(self) -> bool:
        """Whether so little is left that more can be asked for (R68)."""
        opens = int(parameters.value("refill.open_days_left"))
        return self.days_left is not None and self.days_left <= opens

    @property
    def short_days(self) -> int:
        """The days left as a count: what has run out has none."""
        return max(self.days_left or 0, 0)


def run_out(patient: Patient, today: date | None = None) -> list[Supply]:
    """What runs out when, the soonest first."""
    return of_many([patient], today=today)[patient.pk]


def of_many(
    patients: Iterable[Patient],
    records: dict[UUID, Summary] | None = None,
    today: date | None = None,
) -> dict[UUID, list[Supply]]:
    """The same for many residents, with as many questions to the database as for one."""
    people = {patient.pk: patient for patient in patients}
    records = summary.read_many(people.values()) if records is None else records
    shelves = {pk: _Shelf(people[pk], records[pk], today) for pk in people}
    first = timezone.now() - REMEMBERED
    lines = MedicationRequest.objects.filter(patient__in=people, prescription__signed_at__gte=first)
    lines = lines.exclude(status="draft").order_by("prescription__signed_at")
    for line in lines.select_related("medication", "frequency", "prescription"):
        shelves[line.patient_id].signed(line)
    fills = MedicationDispense.objects.filter(patient__in=people, status="completed")
    for fill in fills.filter(when_handed_over__gte=first).order_by("when_handed_over"):
        shelves[fill.patient_id].handed_over(fill)
    products = _products(shelves.values())
    return {pk: shelf.supplies(products) for pk, shelf in shelves.items()}


def daily(line: MedicationRequest) -> Decimal | None:
    """How many tablets, puffs or mL of this line are taken a day."""
    try:
        return amounts.units_needed(
            line.medication, line.dose, line.dose_unit, line.frequency.doses_per_day, 1
        )
    except UnitMismatch:
        return None


def end_of(issues: Iterable[Issue]) -> date | None:
    """The day on which the last of it is used up: what is left over is carried on."""
    end: date | None = None
    for issue in issues:
        start = issue.day if end is None else max(end, issue.day)
        end = start + timedelta(days=issue.days)
    return end


class _Shelf:
    """Everything known of one resident's medicines, by what is in them."""

    def __init__(self, patient: Patient, record: Summary, today: date | None) -> None:
        self.patient = patient
        self.today = today or patient.organization.today()
        self.lines: defaultdict[str, list[MedicationRequest]] = defaultdict(list)
        self.by_id: dict[UUID, MedicationRequest] = {}
        self.issues: defaultdict[str, list[Issue]] = defaultdict(list)
        self.facts: defaultdict[str, list[MedicineFact]] = defaultdict(list)
        self.our_forms: set[str] = set()
        for fact in record.medicines.entries or ():
            if fact.status not in NEVER_WAS:
                self.facts[understood(fact).key].append(fact)

    def signed(self, line: MedicationRequest) -> None:
        key = "+".join(sorted(line.medication.substances))
        self.our_forms.add(str(line.prescription.group_identifier))
        if line.status != MedicationRequest.Status.CANCELLED:
            self.lines[key].append(line)
            self.by_id[line.pk] = line

    def handed_over(self, fill: MedicationDispense) -> None:
        line = self.by_id.get(fill.line_id)
        if line is None or fill.when_handed_over is None:
            return
        a_day = daily(line)
        days = math.floor(fill.quantity / a_day) if a_day else fill.days_supply
        day = timezone.localdate(fill.when_handed_over, self.patient.organization.zone)
        key = "+".join(sorted(line.medication.substances))
        self.issues[key].append(Issue(day, days, fill.quantity))

    def supplies(self, products: dict[str, list[Medication]]) -> list[Supply]:
        keys = dict.fromkeys(chain(self.lines, self.facts))
        found = [supply for key in keys if (supply := self._supply(key, products))]
        far = date.max - self.today
        return sorted(
            found,
            key=lambda one: ((one.run_out - self.today) if one.run_out else far, one.name),
        )

    def _supply(self, key: str, products: dict[str, list[Medication]]) -> Supply | None:
        lines, facts = self.lines.get(key, []), self._hospitals_own(key)
        newest = max(facts, key=_day_of, default=None)
        if newest is not None and newest.status in NOT_TAKEN:
            if not lines or self._signed_on(lines[-1]) <= _day_of(newest):
                return None  # the hospital ended it
            newest = None
        if not lines and newest is None:
            return None
        issues = [Issue(_day_of(f), f.days_supply or 0) for f in facts if _is_supply(f)]
        issues = sorted([*issues, *self.issues[key]], key=lambda issue: issue.day)
        return self._told(key, lines, newest, tuple(issues), products)

    def _told(
        self,
        key: str,
        lines: list[MedicationRequest],
        fact: MedicineFact | None,
        issues: tuple[Issue, ...],
        products: dict[str, list[Medication]],
    ) -> Supply | None:
        end = end_of(issues)
        long_term = _is_long(lines[-1]) if lines else fact is not None and _is_long_order(fact)
        over = end is not None and end < self.today - (FORGOTTEN if long_term else timedelta(0))
        if over:
            return None
        candidates = tuple(products.get(key, ()))
        medicine = lines[-1].medication if lines else _fitting(fact, candidates)
        opens = int(parameters.value("refill.open_days_left", on=self.today))
        return Supply(
            key=key,
            name=str(medicine) if medicine else fact.text if fact else key,
            patient_id=self.patient.pk,
            medication=medicine,
            is_continuous=long_term,
            days_left=(end - self.today).days if end else None,
            run_out=end,
            opens_on=end - timedelta(days=opens) if end else None,
            issues=issues,
            lines=tuple(lines),
            fact=fact,
            candidates=candidates,
        )

    def _signed_on(self, line: MedicationRequest) -> date:
        signed = line.prescription.signed_at
        zone = self.patient.organization.zone
        return timezone.localdate(signed, zone) if signed else date.min

    def _hospitals_own(self, key: str) -> list[MedicineFact]:
        """The hospital's orders; its copies of what was signed here are not counted twice."""
        return [
            fact
            for fact in self.facts.get(key, ())
            if fact.form not in self.our_forms or fact.status in NOT_TAKEN
        ]


def _products(shelves: Iterable[_Shelf]) -> dict[str, list[Medication]]:
    """What the catalogue holds of the hospital's medicines, in one question."""
    codes: set[str] = set()
    for shelf in shelves:
        for key, facts in shelf.facts.items():
            codes |= {fact.atc.upper() for fact in facts if fact.atc} or _codes_of(key)
    found: defaultdict[str, list[Medication]] = defaultdict(list)
    if codes:
        for medicine in Medication.objects.filter(atc__in=codes, is_active=True):
            found["+".join(sorted(medicine.substances))].append(medicine)
    return found


def _codes_of(key: str) -> set[str]:
    try:
        return {code for name in key.split("+") for code in substances.named(name).atc}
    except KeyError:
        return set()  # words of the hospital that name no substance


def _fitting(fact: MedicineFact | None, candidates: tuple[Medication, ...]) -> Medication | None:
    """The product of the hospital's order: by the strength in its words, else the first."""
    if fact is None or not candidates:
        return None
    text = fact.text.lower().replace(" ", "")
    fitting = [one for one in candidates if one.strength.lower().replace(" ", "") in text]
    return (fitting or list(candidates))[0]


def _is_supply(fact: MedicineFact) -> bool:
    return fact.status not in NOT_TAKEN and bool(fact.days_supply) and _day_of(fact) > date.min


def _day_of(fact: MedicineFact) -> date:
    return fact.last_fill or fact.authored or date.min


def _is_long(line: MedicationRequest) -> bool:
    long_term = line.course_of_therapy == MedicationRequest.Course.CONTINUOUS
    return long_term or line.days >= LONG_DAYS


def _is_long_order(fact: MedicineFact) -> bool:
    if fact.course in ("continuous", "acute"):
        return fact.course == "continuous"
    return (fact.days_supply or 0) >= LONG_DAYS
