"""For how many days: a week, or a long prescription with its conditions (R52, R61–R67)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from portal.record.rules.alert import OVERRIDE, STOP, Alert
from portal.record.rules.case import Case, Line
from portal.terminology import icd10
from portal.terminology.models import Medication

TITLES = ("resident-doctor", "attending", "associate-chief", "chief")  # lowest first
CRITERIA = ("diagnosis-clear", "regimen-stable", "adherence-good", "control-steady", "long-term")
CHRONIC_INFECTIONS = {"A15", "A16", "A17", "A18", "A19", "B18"}


def check(case: Case) -> Iterator[Alert]:
    for line in case.lines:
        if line.days > case.limits["rx.days_ordinary"]:
            yield from _reason(case, line)
            yield from _longest(case, line)
            yield from _never_long(case, line)
            yield from _first(case, line)
    if any(line.days > case.limits["ltp.days_standard"] for line in case.lines):
        yield from _over_four_weeks(case)


def _reason(case: Case, line: Line) -> Iterator[Alert]:
    if not line.days_reason.strip():
        text = _("%(medicine)s: more than %(usual)s days needs a written reason.")
        yield _stop("R52", line, "reason", text, usual=case.limits["rx.days_ordinary"])


def _longest(case: Case, line: Line) -> Iterator[Alert]:
    most = case.limits["ltp.days_max"]
    allowed = line.medication.long_prescription_days
    if line.days > most:
        text = _("%(medicine)s: never more than %(most)s days.")
        yield _stop("R61", line, "max", text, most=most)
    elif allowed and line.days > allowed:
        text = _("%(medicine)s: not for more than %(most)s days.")
        yield _stop("R61", line, "medicine", text, most=allowed)


def _never_long(case: Case, line: Line) -> Iterator[Alert]:
    """Antimicrobials but for chronic infections, cold storage, and what the catalogue bars."""
    medication = line.medication
    chronic = {icd10.category(code) for code in case.diagnosis} & CHRONIC_INFECTIONS
    cold = medication.storage in (Medication.Storage.COLD, Medication.Storage.FREEZE)
    if cold and case.limits["ltp.cold_storage_allowed"]:
        return
    if (medication.is_antimicrobial and not chronic) or cold or not medication.is_long_allowed:
        text = _("%(medicine)s may not be on a long prescription.")
        yield _stop("R67", line, "never", text)


def _first(case: Case, line: Line) -> Iterator[Alert]:
    """The first long prescription of a medicine belongs to a visit in person (R63)."""
    if case.is_known_before(line):
        return
    if case.limits["ltp.first_online"]:
        yield from _junior(case, line)
    elif case.summary.medicines.entries is None:
        text = _("%(medicine)s: the medicines in use are not known. Say why it is a long one.")
        yield Alert(
            "R63", f"R63:{line.medication.code}:unknown", OVERRIDE, line.position,
            text % {"medicine": line.medication}, "R63", ("doctor",),
        )  # fmt: skip
    else:
        text = _("%(medicine)s is new: the first long prescription is given at a visit in person.")
        yield _stop("R63", line, "first", text)


def _junior(case: Case, line: Line) -> Iterator[Alert]:
    least = case.limits["ltp.first_min_title"]
    if case.title in TITLES and TITLES.index(case.title) < TITLES.index(least):
        text = _("%(medicine)s: a first long prescription needs an attending doctor.")
        yield _stop("R63", line, "title", text)


def _over_four_weeks(case: Case) -> Iterator[Alert]:
    stop = partial(Alert, severity=STOP, line=None, source="R62")
    met = set(case.long_assessment.get("criteria", ()))
    if not case.long_assessment.get("text") or set(CRITERIA) - met:
        text = _("Over 4 weeks: assess the resident first, with all five conditions of stability.")
        yield stop("R66", "R66:assessment", text=text)
    if not case.long_assessment.get("educated"):
        text = _("Over 4 weeks: explain the long prescription to the resident first.")
        yield stop("R62", "R62:education", text=text)
    if not case.has_agreed:
        text = _("Over 4 weeks: the resident has not agreed to the long prescription yet.")
        yield stop("R62", "R62:agreement", text=text)


def _stop(rule: str, line: Line, key: str, sentence: str, **facts: object) -> Alert:
    text = sentence % {"medicine": line.medication, **facts}
    return Alert(rule, f"{rule}:{line.medication.code}:{key}", STOP, line.position, text, rule)
