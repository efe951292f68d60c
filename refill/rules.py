"""Why a medicine can be asked for now, or why not and when: R55, R59, R61–R73, R80, R82.

Pure questions over what is known of one medicine. What stops wins over what is early, what
is early over what needs the doctor's eyes, and only what is left is a repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.terminology import parameters
from portal.terminology.models import Medication

MONTH_DAYS = 30  # a review "within 12 months" is counted in whole days of 30 a month
STABLE_DAYS = 182  # R71: no change and no unplanned admission for six months
PAUSE_ENDS_DAYS = 90  # a long prescription left for so long has ended (R64)


class Kind(StrEnum):
    """What becomes of a request for one medicine."""

    REPEAT = "repeat"
    REASSESS = "reassess"
    TOO_EARLY = "too-early"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the resident says before each issue, in plain words (R72)."""

    takes_as_written: bool = True
    has_new_problem: bool = False
    saw_another_doctor: bool = False  # a new medicine, a hospital stay, another doctor
    may_be_pregnant: bool = False  # or breastfeeding; asked where the medicine asks for it (R82)

    @property
    def all_well(self) -> bool:
        return self.takes_as_written and not (self.has_new_problem or self.saw_another_doctor)


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one medicine of one resident on one day."""

    medication: Medication | None  # None: the catalogue does not hold it
    today: date
    days_left: int | None  # None: nobody said for how long it lasts
    is_continuous: bool = True
    last_issue: date | None = None
    first_issue: date | None = None
    reviewed: date | None = None  # the doctor last judged this long prescription
    repeats_left: int | None = None  # None: no number was written
    admitted_since: date | None = None  # R65
    new_diagnosis_since: date | None = None  # R65
    off_target: str = ""  # R65: which reading, in words
    changed: date | None = None  # the last change of dose or medicine (R71)
    is_stable: bool = True
    overdue_tests: tuple[str, ...] = ()  # R80
    answers: Answers = field(default_factory=Answers)
    early_reason: str = ""  # the doctor's: travel, loss, dose change (R68)
    wanted_days: int = 0  # R61; 0: the usual four weeks
    is_as_needed: bool = False  # R71
    is_coming: bool = False  # prescribed already, and not in her hands yet (R77)


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on one medicine, with the rule and the sentence the resident reads."""

    kind: Kind
    rule: str
    sentence: str
    opens_on: date | None = None

    @property
    def can_be_asked(self) -> bool:
        return self.kind in (Kind.REPEAT, Kind.REASSESS)


Check = Callable[[Case], Answer | None]


def triage(case: Case) -> Answer:
    """The first check that speaks decides; none speaking is a repeat (R64)."""
    for check in CHECKS:
        if answer := check(case):
            return answer
    return Answer(Kind.REPEAT, "R64", _("You can ask for this medicine now."))


def not_in_catalogue(case: Case) -> Answer | None:
    """Only what the centre can prescribe and hand out can be asked for (R59)."""
    if case.medication is None:
        return _never("R59", _("Your centre does not hold this medicine. Please book a talk."))
    return None


def forbidden_online(case: Case) -> Answer | None:
    if case.medication and case.medication.is_forbidden_online:
        return _never("R55", _("This medicine may only be prescribed at the centre, in person."))
    return None


def not_for_long(case: Case) -> Answer | None:
    """Antimicrobials and medicines with special storage are never on a long prescription (R67)."""
    medicine = case.medication
    if medicine is None:
        return None
    cold = medicine.storage in (medicine.Storage.COLD, medicine.Storage.FREEZE)
    if cold and parameters.value("ltp.cold_storage_allowed", on=case.today):
        cold = False
    if medicine.is_antimicrobial or cold or not medicine.is_long_allowed:
        return _never("R67", _("This medicine cannot be repeated online. Please book a talk."))
    return None


def too_long(case: Case) -> Answer | None:
    """Never over twelve weeks at once, or over what the medicine allows (R61)."""
    most = int(parameters.value("ltp.days_max", on=case.today))
    if case.medication:
        most = min(most, case.medication.long_prescription_days)
    if case.wanted_days > most:
        words = {"weeks": most // 7}
        return _never("R61", _("Never for more than %(weeks)s weeks at once. Choose a shorter time.") % words)  # fmt: skip  # noqa: E501
    return None


def harms_a_child(case: Case) -> Answer | None:
    """What must not be used in pregnancy is not repeated; what asks for care is looked at (R82)."""
    if case.medication is None or not case.answers.may_be_pregnant:
        return None
    medicine = case.medication
    worst = {medicine.pregnancy, medicine.lactation}
    if medicine.Risk.CONTRAINDICATED in worst:
        return _never("R82", _("This medicine can harm a child. Call your centre today, before the next dose."))  # fmt: skip  # noqa: E501
    if medicine.Risk.CAUTION in worst:
        return _look("R82", _("You may be pregnant or breastfeeding: your doctor looks first."))
    return None


def not_long_term(case: Case) -> Answer | None:
    if not case.is_continuous:
        return _never("R66", _("This medicine was for a short time. Please book a talk."))
    return None


def prescribed_already(case: Case) -> Answer | None:
    """What is on its way is not ordered a second time (R77)."""
    if case.is_coming:
        return _never("R77", _("It is prescribed already and on its way to you."))
    return None


def never_issued(case: Case) -> Answer | None:
    """The first long prescription is written at a visit; online continues it (R63)."""
    new = case.first_issue is None and case.days_left is None
    if new and not parameters.value("ltp.first_online", on=case.today):
        return _never("R63", _("Your doctor prescribes this the first time at the centre."))
    return None


def supply_unknown(case: Case) -> Answer | None:
    if case.days_left is None:
        return _look("R68", _("We do not know how much you have left: your doctor looks first."))
    return None


def too_early(case: Case) -> Answer | None:
    """The button opens at 7 days left; beyond 14 only the doctor's reason opens it (R68)."""
    opens = int(parameters.value("refill.open_days_left", on=case.today))
    blocks = int(parameters.value("refill.hard_block_days_left", on=case.today))
    if case.days_left is None or case.days_left <= opens:
        return None
    if case.early_reason.strip():
        return None
    day = case.today + timedelta(days=case.days_left - opens)
    words = {"days": case.days_left, "day": date_format(day, "DATE_FORMAT")}
    if case.days_left > blocks:
        sentence = _("You have enough for %(days)s days. You can ask from %(day)s.") % words
    else:
        sentence = _("You can ask from %(day)s. If you travel or lost some, ask your doctor.") % words  # fmt: skip  # noqa: E501
    return Answer(Kind.TOO_EARLY, "R68", sentence, day)


def said_something_new(case: Case) -> Answer | None:
    if not case.answers.all_well:
        return _look("R72", _("Your doctor reads what you wrote first."))
    return None


def something_happened(case: Case) -> Answer | None:
    """The four triggers since the last issue (R65)."""
    since = case.last_issue or date.min
    if case.admitted_since and case.admitted_since >= since:
        return _look("R65", _("You were in hospital since the last time: your doctor looks first."))
    if case.new_diagnosis_since and case.new_diagnosis_since >= since:
        return _look("R65", _("There is a new diagnosis: your doctor looks first."))
    if case.off_target:
        return _look("R65", _("%(reading)s is not where it should be: your doctor looks first.") % {"reading": case.off_target})  # fmt: skip  # noqa: E501
    return None


def long_ended(case: Case) -> Answer | None:
    """A long prescription that was left for months has ended; a new one counts as first (R64)."""
    if case.days_left is not None and case.days_left <= -PAUSE_ENDS_DAYS:
        return _look("R64", _("You have been without this medicine for a while: your doctor looks first."))  # fmt: skip  # noqa: E501
    return None


def review_due(case: Case) -> Answer | None:
    """No issue after the authorisation's end without the doctor's review (R70)."""
    name = "refill.review_max_months" if case.is_stable else "refill.review_max_months_unstable"
    months = int(parameters.value(name, on=case.today))
    judged = case.reviewed or case.first_issue
    if judged and case.today - judged > timedelta(days=months * MONTH_DAYS):
        return _look("R70", _("It is time for a check by your doctor before the next packs."))
    if case.repeats_left is not None and case.repeats_left <= 0:
        return _look("R70", _("The agreed number of repeats is used up: your doctor looks first."))
    return None


def changed_lately(case: Case) -> Answer | None:
    if case.changed and case.today - case.changed < timedelta(days=STABLE_DAYS):
        return _look("R71", _("The dose was changed lately: your doctor looks first."))
    return None


def watched_closely(case: Case) -> Answer | None:
    """Taken as needed, or with tests every few months: never without the doctor's eyes (R71)."""
    if case.is_as_needed:
        return _look("R71", _("You take this only when needed: your doctor looks first."))
    limit = int(parameters.value("refill.close_monitoring_days", on=case.today))
    tests = case.medication.monitoring if case.medication else []
    if any(test["required"] and test["days"] <= limit for test in tests):
        return _look("R71", _("This medicine is watched closely: your doctor looks first."))
    return None


def tests_overdue(case: Case) -> Answer | None:
    if case.overdue_tests:
        words = {"test": ", ".join(case.overdue_tests)}
        return _look("R80", _("A test is due (%(test)s): your doctor looks first.") % words)
    return None


CHECKS: tuple[Check, ...] = (
    not_in_catalogue,
    forbidden_online,
    not_for_long,
    not_long_term,
    prescribed_already,
    never_issued,
    harms_a_child,
    too_long,
    too_early,
    supply_unknown,
    said_something_new,
    something_happened,
    long_ended,
    review_due,
    changed_lately,
    watched_closely,
    tests_overdue,
)


def _never(rule: str, sentence: str) -> Answer:
    return Answer(Kind.NOT_ALLOWED, rule, sentence)


def _look(rule: str, sentence: str) -> Answer:
    return Answer(Kind.REASSESS, rule, sentence)
