"""Whether the form itself is lawful and whole (R9, R52–R55, R60)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.record.rules.alert import STOP, Alert
from portal.record.rules.case import Case, Line

VAGUE = (
    "as told", "as directed", "as before", "as advised", "as usual",
    "遵医嘱", "按说明", "自用", "按需服用", "同前",
)  # fmt: skip


def check(case: Case) -> Iterator[Alert]:
    yield from _number_of_lines(case)
    yield from _person(case)
    yield from _child(case)
    yield from _scope(case)
    for line in case.lines:
        yield from _forbidden(case, line)
        yield from _directions(line)


def _number_of_lines(case: Case) -> Iterator[Alert]:
    most = case.limits["rx.max_items"]
    if not case.lines:
        yield _stop("R54", "no-lines", None, _("There is no medicine on this prescription."))
    if len(case.lines) > most:
        text = _("At most %(most)s medicines on one prescription: split it.") % {"most": most}
        yield _stop("R53", "too-many", None, text)


def _person(case: Case) -> Iterator[Alert]:
    if not case.name.strip() or case.gender not in ("female", "male", "other"):
        text = _("The resident's name or sex is missing. A prescription needs both.")
        yield _stop("R54", "person", None, text)
    if not case.diagnosis:
        yield _stop("R54", "diagnosis", None, _("Write the diagnosis first."))


def _child(case: Case) -> Iterator[Alert]:
    """Under 6: a guardian in the session and a doctor for children (R9)."""
    limit = case.limits["child.guardian_specialist_age_lt"]
    if case.age >= limit:
        return
    if not case.has_guardian:
        text = _("The child is under %(age)s: confirm that a guardian is present.")
        yield _stop("R9", "guardian", None, text % {"age": limit})
    specialists = case.limits["child.specialist_departments"]
    if case.department is not None and case.department not in specialists:
        text = _("The child is under %(age)s: only a doctor for children may prescribe online.")
        yield _stop("R9", "specialist", None, text % {"age": limit})


def _scope(case: Case) -> Iterator[Alert]:
    only_children = case.department in case.limits["scope.child_only_departments"]
    if only_children and case.age >= case.limits["scope.child_age_lt"]:
        text = _("This department treats children only.")
        yield _stop("R60", "scope", None, text)


def _forbidden(case: Case, line: Line) -> Iterator[Alert]:
    if line.medication.control in case.limits["rx.forbidden_controls"]:
        yield _stop("R55", line.medication.code, line.position, never_online(line))


def never_online(line: Line) -> str:
    return _("%(medicine)s (%(control)s) can never be prescribed online.") % {
        "medicine": line.medication,
        "control": line.medication.get_control_display(),
    }


def _directions(line: Line) -> Iterator[Alert]:
    words = line.instruction.lower()
    if any(vague in words for vague in VAGUE):
        text = _("%(medicine)s: write how to take it. Words like “as directed” are not enough.")
        key = f"{line.medication.code}:vague"
        yield _stop("R54", key, line.position, text % {"medicine": line.medication})


def _stop(rule: str, key: str, position: int | None, text: str) -> Alert:
    return Alert(rule, f"{rule}:{key}", STOP, position, text, rule)
