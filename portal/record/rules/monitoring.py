"""Tests that a medicine asks for and that are due (R80)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from portal.record.facts import Summary
from portal.record.rules.alert import OVERRIDE, SHOW, Alert
from portal.record.rules.case import Case, Line
from portal.terminology import laboratory


class LastDone:
    """When each test was last done, by the readings and the reports of the record."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary

    @cached_property
    def days(self) -> dict[str, date]:
        days: dict[str, date] = {}
        for key, day in self._all():
            days[key] = max(day, days.get(key, day))
        return days

    def _all(self) -> Iterator[tuple[str, date]]:
        for reading in self.summary.observations.entries or ():
            if reading.taken:
                for key in laboratory.of_reading(reading.code, reading.text):
                    yield key, reading.taken.date()
        for report in self.summary.reports.entries or ():
            if report.day:
                for key in laboratory.of_reading("", report.text):
                    yield key, report.day

    @property
    def is_known(self) -> bool:
        return self.summary.observations.is_known


def check(case: Case) -> Iterator[Alert]:
    done = LastDone(case.summary)
    for line in case.lines:
        for wanted in line.medication.monitoring:
            yield from _due(case, line, wanted, done)


def _due(case: Case, line: Line, wanted: dict[str, Any], done: LastDone) -> Iterator[Alert]:
    last = done.days.get(wanted["test"])
    if last and case.on - last <= timedelta(days=wanted["days"]):
        return
    # A medicine that starts now is not overdue yet; it is said what will be needed.
    soft = wanted["required"] and done.is_known and case.is_known_before(line)
    key = f"R80:{line.medication.code}:{wanted['test']}:{last or 'never'}"
    yield Alert(
        "R80", key, OVERRIDE if soft else SHOW, line.position,
        _sentence(done, last) % {
            "medicine": line.medication,
            "test": laboratory.named(wanted["test"]).display(),
            "days": wanted["days"],
            "last": last,
        },
        "R80", ("doctor",) if soft else (),
    )  # fmt: skip


def _sentence(done: LastDone, last: date | None) -> str:
    if last:
        return _(
            "%(medicine)s: test of %(test)s is due every %(days)s days; the last was %(last)s."
        )
    if done.is_known:
        return _("%(medicine)s: test of %(test)s is due every %(days)s days; none is on record.")
    return _("%(medicine)s: test of %(test)s is due every %(days)s days; the record is not known.")
