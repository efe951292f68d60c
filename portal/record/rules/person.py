"""Pregnancy, breastfeeding, kidneys and age against each medicine (R82)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from portal.record.facts import ConditionFact, Reading
from portal.record.rules.alert import OVERRIDE, SHOW, STOP, Alert
from portal.record.rules.case import Case, Line
from portal.terminology import icd10, laboratory
from portal.terminology.models import Medication

Risk = Medication.Risk
ENDED = {"inactive", "resolved", "remission"}
PREGNANCY = {"Z33", "Z34", "Z35", *(f"O{number:02d}" for number in (*range(10, 80), 98, 99))}
PREGNANCY_LASTS = timedelta(days=300)
BREASTFEEDING = {"Z391", "Z39.1"}
SNOMED_PREGNANT = "77386006"
STAGES = {"N18.3": 59, "N18.4": 29, "N18.5": 14}  # the best filtration rate of each stage


def check(case: Case) -> Iterator[Alert]:
    pregnant, feeding, filtration = is_pregnant(case), _is_feeding(case), egfr(case)
    for line in case.lines:
        yield from _pregnancy(case, line, pregnant)
        if feeding and line.medication.lactation == Risk.CONTRAINDICATED:
            text = _("%(medicine)s must not be used while breastfeeding.")
            yield _alert(line, "lactation", STOP, text)
        yield from _kidneys(line, filtration)
        yield from _age(case, line)


def is_pregnant(case: Case) -> bool | None:
    """True by a diagnosis, False for men and by age, None where it must be asked."""
    if case.gender == "male":
        return False
    if any(_says_pregnant(case, fact) for fact in _conditions(case)):
        return True
    youngest = case.limits["pregnancy.asked_from_age"]
    oldest = case.limits["pregnancy.asked_to_age"]
    return None if youngest <= case.age <= oldest else False


def egfr(case: Case) -> Decimal | None:
    """The newest filtration rate of the last year, or the best one the diagnosis allows."""
    oldest = case.on - timedelta(days=case.limits["kidney.reading_max_age_days"])
    readings = [
        (reading.taken, value)
        for reading in case.summary.observations.entries or ()
        if reading.taken and reading.taken.date() >= oldest
        if (value := _rate(reading)) is not None
    ]
    if readings:
        return max(readings)[1]
    stages = [STAGES[code] for fact in _conditions(case) if (code := fact.icd10[:5]) in STAGES]
    return Decimal(min(stages)) if stages else None


def _rate(reading: Reading) -> Decimal | None:
    if not laboratory.is_egfr(reading.code, reading.text):
        return None
    try:
        value = Decimal(reading.value.strip(" <>=≥≤"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < 300 else None


def _conditions(case: Case) -> Iterator[ConditionFact]:
    for fact in case.summary.conditions.entries or ():
        if fact.clinical_status not in ENDED:
            yield fact


def _says_pregnant(case: Case, fact: ConditionFact) -> bool:
    seen = fact.last_seen or fact.onset
    if seen and case.on - seen > PREGNANCY_LASTS:
        return False
    coded = any(coding.code == SNOMED_PREGNANT for coding in fact.codings)
    return coded or icd10.category(fact.icd10) in PREGNANCY


def _is_feeding(case: Case) -> bool:
    return any(fact.icd10[:5] in BREASTFEEDING for fact in _conditions(case))


def _pregnancy(case: Case, line: Line, pregnant: bool | None) -> Iterator[Alert]:
    if pregnant is False or line.medication.pregnancy == Risk.SAFE:
        return
    if line.medication.pregnancy == Risk.CAUTION:
        if pregnant:
            text = _("%(medicine)s: use with caution in pregnancy.")
            yield _alert(line, "pregnancy-caution", SHOW, text)
    elif pregnant:
        text = _("%(medicine)s must not be used in pregnancy.")
        yield _alert(line, "pregnancy", STOP, text)
    else:
        text = _("%(medicine)s must not be used in pregnancy: ask whether she may be pregnant.")
        yield _alert(line, "pregnancy-ask", OVERRIDE, text)


def _kidneys(line: Line, rate: Decimal | None) -> Iterator[Alert]:
    if rate is None:
        return
    stop, caution = line.medication.egfr_stop_below, line.medication.egfr_caution_below
    if stop is not None and rate < stop:
        text = _("%(medicine)s must not be used: the kidneys filter %(rate)s, below %(limit)s.")
        yield _alert(line, "kidney", STOP, text, rate=rate, limit=stop)
    elif caution is not None and rate < caution:
        text = _("%(medicine)s: lower the dose, the kidneys filter %(rate)s, below %(limit)s.")
        yield _alert(line, "kidney-caution", OVERRIDE, text, rate=rate, limit=caution)


def _age(case: Case, line: Line) -> Iterator[Alert]:
    if case.age < line.medication.age_from:
        text = _("%(medicine)s must not be used under %(age)s years.")
        yield _alert(line, "age", STOP, text, age=line.medication.age_from)
    elif case.age >= case.limits["elder.age"] and line.medication.is_cautious_in_old_age:
        text = _("%(medicine)s: begin low and watch closely in old age.")
        yield _alert(line, "elder", SHOW, text)


def _alert(line: Line, key: str, severity: str, sentence: str, **facts: object) -> Alert:
    text = sentence % {"medicine": line.medication, **facts}
    needs = ("doctor",) if severity == OVERRIDE else ()
    name = f"R82:{line.medication.code}:{key}"
    return Alert("R82", name, severity, line.position, text, "R82, product label", needs)
