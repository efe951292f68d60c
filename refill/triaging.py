"""What is known of each medicine of a resident, put before the refill rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from portal.organization import directory
from portal.record import summary
from portal.record.facts import Summary
from portal.record.models import MedicationRequest, Patient
from portal.record.models.people import Gender
from portal.record.rules.monitoring import LastDone
from portal.terminology import laboratory, parameters
from portal.terminology.models import Medication
from refill import coming, rules, supply
from refill.coming import Coming
from refill.models import RefillRequest
from refill.rules import Answer, Answers, Case
from refill.supply import Supply

PRESSURE = ("C02", "C03", "C07", "C08", "C09")  # ATC groups that lower the blood pressure
SUGAR = ("A10",)
BLOOD_PRESSURE = "85354-9"  # LOINC
INPATIENT = {"IMP", "ACUTE", "NONAC", "EMER", "SS", "OBSENC"}  # stays, and emergencies
Reviews = dict[tuple[UUID, str], date]


@dataclass(frozen=True, slots=True)
class Readings:
    """What was measured at home: mmHg, mmol/L before breakfast, kg (R72)."""

    systolic: int | None = None
    diastolic: int | None = None
    glucose: Decimal | None = None
    weight: Decimal | None = None

    def plain(self) -> dict[str, str]:
        """As kept with a request: what was measured, as text."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Asking:
    """What a resident says when asking: answers, readings, for how long, why early."""

    answers: Answers = field(default_factory=Answers)
    readings: Readings = field(default_factory=Readings)
    days: int = 0
    early: str = ""
    words: str = ""
    early_reason: str = ""  # the doctor's own


@dataclass(frozen=True, slots=True)
class Known:
    """What a doctor last looked at, and what is on its way already."""

    reviews: Reviews
    coming: dict[tuple[UUID, str], Coming]


@dataclass(frozen=True, slots=True)
class Assessed:
    """One medicine with the rules' answer."""

    supply: Supply
    answer: Answer
    coming: Coming | None = None


def assess(
    patient: Patient, asking: Asking | None = None, *, today: date | None = None
) -> list[Assessed]:
    """Every medicine of the resident with what becomes of asking for it now."""
    record = summary.read(patient)
    found = supply.of_many([patient], {patient.pk: record}, today)[patient.pk]
    known = known_of([patient])
    said, day = asking or Asking(), today or patient.organization.today()
    cases = (case_of(one, record, said, day, known) for one in found)
    return [
        Assessed(one, rules.triage(case), known.coming.get((patient.pk, one.key)))
        for one, case in zip(found, cases, strict=True)
    ]


def known_of(patients: Iterable[Patient]) -> Known:
    """What the portal itself knows of these residents' medicines."""
    people = list(patients)
    return Known(reviews(people), coming.of_many(people))


def reviews(patients: Iterable[Patient]) -> Reviews:
    """When a doctor last looked at a medicine because the rules asked for it (R70)."""
    looked = RefillRequest.objects.filter(
        patient__in=patients, triage=rules.Kind.REASSESS, status__in=("in-progress", "completed")
    )
    rows = looked.order_by().values("patient", "medicine_key", "organization")
    return {
        (row["patient"], row["medicine_key"]): directory.day_of(row["at"], row["organization"])
        for row in rows.annotate(at=Max("decided_at")).order_by("at")
        if row["at"]
    }


def case_of(one: Supply, record: Summary, asking: Asking, today: date, known: Known) -> Case:
    """All that the rules ask of one medicine."""
    days = _days_of(one)
    last = one.last.day if one.last else max(days, default=None)
    reviewed = known.reviews.get((one.patient_id, one.key))
    on_way = known.coming.get((one.patient_id, one.key))
    return Case(
        medication=one.medication,
        today=today,
        days_left=one.days_left,
        is_continuous=one.is_continuous,
        last_issue=last,
        first_issue=min(days, default=None),
        reviewed=max(filter(None, (reviewed, *_visits(one))), default=None),
        repeats_left=_repeats_left(one),
        admitted_since=_admitted(record),
        new_diagnosis_since=_new_diagnosis(record),
        off_target=_off_target(one.medication, record, asking.readings, last),
        changed=_changed(one),
        overdue_tests=tuple(overdue(one.medication, record, today)),
        answers=asking.answers,
        early_reason=asking.early_reason,
        wanted_days=asking.days,
        is_as_needed=_is_as_needed(one),
        is_coming=on_way is not None and on_way.is_ordered,
    )


def overdue(medicine: Medication | None, record: Summary, today: date) -> Iterator[str]:
    """The tests this medicine must have had and has not (R80), in words."""
    done = LastDone(record)
    for wanted in medicine.monitoring if medicine and done.is_known else ():
        last = done.days.get(wanted["test"])
        if wanted["required"] and (last is None or (today - last).days > wanted["days"]):
            yield laboratory.named(wanted["test"]).display()


def asks_about_pregnancy(patient: Patient, chosen: Iterable[Supply], today: date) -> bool:
    """Whether a woman of this age is asked, for these medicines (R82)."""
    if patient.gender == Gender.MALE:
        return False
    youngest = parameters.value("pregnancy.asked_from_age", on=today)
    oldest = parameters.value("pregnancy.asked_to_age", on=today)
    if not youngest <= patient.age_on(today) <= oldest:
        return False
    medicines = [one.medication for one in chosen if one.medication]
    return any({m.pregnancy, m.lactation} - {m.Risk.SAFE} for m in medicines)


def _days_of(one: Supply) -> list[date]:
    days = [issue.day for issue in one.issues]
    days += [_signed(line) for line in one.lines]
    if one.fact and one.fact.authored:
        days.append(one.fact.authored)
    return days


def _visits(one: Supply) -> Iterator[date]:
    """Days on which a doctor who saw the resident wrote this medicine."""
    if one.fact and one.fact.authored:
        yield one.fact.authored
    yield from (_signed(line) for line in one.lines if line.prescription.encounter_id)


def _signed(line: MedicationRequest) -> date:
    signed = line.prescription.signed_at
    return directory.day_of(signed, line.organization_id) if signed else date.min


def _repeats_left(one: Supply) -> int | None:
    """The repeats that the last order with a number allows, less the renewals since (R70)."""
    for since, line in enumerate(reversed(one.lines)):
        if line.number_of_repeats_allowed:
            return line.number_of_repeats_allowed - since
    return None


def _changed(one: Supply) -> date | None:
    """When dose, frequency or product last changed between two orders signed here (R71)."""
    for later, earlier in zip(reversed(one.lines), reversed(one.lines[:-1]), strict=False):
        same = (later.medication_id, later.dose, later.dose_unit, later.frequency_id) == (
            earlier.medication_id, earlier.dose, earlier.dose_unit, earlier.frequency_id,
        )  # fmt: skip
        if not same:
            return _signed(later)
    return None


def _is_as_needed(one: Supply) -> bool:
    if one.line:
        return one.line.frequency.is_as_needed
    return bool(one.fact and one.fact.as_needed)


def _admitted(record: Summary) -> date | None:
    days = (v.day for v in record.encounters.entries or () if v.kind.upper() in INPATIENT)
    return max(filter(None, days), default=None)


def _new_diagnosis(record: Summary) -> date | None:
    days = (fact.onset for fact in record.conditions.entries or ())
    return max(filter(None, days), default=None)


def _off_target(
    medicine: Medication | None, record: Summary, home: Readings, since: date | None
) -> str:
    """The reading that is not where it should be, among those this medicine is for (R65)."""
    atc = medicine.atc if medicine else ""
    if atc.startswith(PRESSURE):
        high, low = home.systolic, home.diastolic
        if high is None and low is None:
            high, low = _pressure_since(record, since)
        return _("Your blood pressure") if _is_pressure_off(high, low) else ""
    if atc.startswith(SUGAR):
        sugar = home.glucose if home.glucose is not None else _sugar_since(record, since)
        return _("Your blood sugar") if _is_sugar_off(sugar) else ""
    return ""


def _is_pressure_off(high: int | None, low: int | None) -> bool:
    most, least = parameters.value("refill.systolic_max"), parameters.value("refill.systolic_min")
    off = high is not None and not least <= high <= most
    return off or (low is not None and low > parameters.value("refill.diastolic_max"))


def _is_sugar_off(sugar: Decimal | None) -> bool:
    least = Decimal(parameters.value("refill.glucose_min"))
    most = Decimal(parameters.value("refill.glucose_max"))
    return sugar is not None and not least <= sugar <= most


def _pressure_since(record: Summary, since: date | None) -> tuple[int | None, int | None]:
    for reading in record.observations.entries or ():  # the newest first
        after = reading.taken and (since is None or reading.taken.date() > since)
        parts = reading.value.split("/")
        if after and reading.code == BLOOD_PRESSURE and len(parts) == 2:
            values = [_number(part) for part in parts]
            if all(value is not None for value in values):
                return int(values[0] or 0), int(values[1] or 0)
    return None, None


def _sugar_since(record: Summary, since: date | None) -> Decimal | None:
    for reading in record.observations.entries or ():
        after = reading.taken and (since is None or reading.taken.date() > since)
        is_sugar = "glucose" in laboratory.of_reading(reading.code, reading.text)
        if after and is_sugar and reading.unit == "mmol/L":
            return _number(reading.value)
    return None


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip(" <>=≥≤"))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
