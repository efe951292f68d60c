"""The record is read tolerantly; unknown is never none (R169)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from portal.record import summary
from portal.record.facts import AllergyFact, Coding, MedicineFact, Section
from portal.record.models import RecordSection
from tests.factories.record import RecordSectionFactory, record_of

pytestmark = pytest.mark.django_db


def test_what_was_written_is_read_again(chen):
    facts = [MedicineFact("Amlodipine", "C08CA01", (Coding("s", "c", "t"),), "active", "1 tablet",
                          date(2026, 1, 2), 28, "MedicationRequest/1")]  # fmt: skip
    record_of(chen, medicines=facts)
    assert summary.read(chen).medicines.entries == tuple(facts)


def test_a_section_that_was_never_read_is_unknown(chen):
    read = summary.read(chen)
    assert read.allergies == Section() and read.allergies.entries is None
    assert not summary.allergies_are_known(read) and summary.as_of(read) is None


def test_a_failed_section_keeps_its_reason(chen):
    RecordSection.objects.create(
        patient=chen, section="medicines", entries=None, error="unavailable"
    )
    read = summary.read(chen)
    assert read.medicines.entries is None and read.medicines.error == "unavailable"


@pytest.mark.parametrize(
    "entries",
    [
        [{}], [None, 1, "x", []], [{"substance": None, "codings": "x", "recorded": "soon"}],
        [{"substance": {"a": 1}, "codings": [1, {"code": 7}], "severity": []}], {"a": 1}, "text",
        [{"recorded": "2026-13-45"}],
        [{"recorded": "9999-12-31T23:59:00+00:00", "taken": "9999-12-31T23:59:00Z"}],
        [{"surprise": True, "substance": "Aspirin"}],
    ],
)  # fmt: skip
def test_odd_entries_never_break_the_page(chen, entries):
    for section in RecordSection.Section.values:
        RecordSectionFactory(patient=chen, section=section, entries=entries)
    read = summary.read(chen)
    assert read.allergies.entries is None or isinstance(read.allergies.entries, tuple)


@pytest.mark.parametrize(
    ("days", "read"), [(28, 28), ("28", None), (0, None), (-1, None), (1e9, None)]
)
def test_an_odd_supply_is_not_guessed(chen, days, read):
    RecordSectionFactory(
        patient=chen, section="medicines", entries=[{"text": "x", "days_supply": days}]
    )
    assert summary.read(chen).medicines.entries[0].days_supply == read


@pytest.mark.parametrize(
    "taken", ["2026-01-01T17:00:00Z", "2026-01-02T01:00:00+08:00", "2026-01-02T01:00:00"]
)
def test_a_reading_is_of_the_day_that_it_was_here(chen, taken):
    RecordSectionFactory(patient=chen, section="observations", entries=[{"taken": taken}])
    (reading,) = summary.read(chen).observations.entries
    assert reading.taken.date() == date(2026, 1, 2)
    assert reading.taken == datetime(2026, 1, 1, 17, tzinfo=UTC)


def test_amber_after_fifteen_minutes_and_the_explicit_step_after_a_day():
    now = timezone.now()

    def aged(**ago):
        return Section((), now - timedelta(**ago))

    assert not summary.is_old(aged(minutes=15), now)
    assert summary.is_old(aged(minutes=15, seconds=1), now)
    assert not summary.is_too_old_to_sign(aged(hours=24), now)
    assert summary.is_too_old_to_sign(aged(hours=24, seconds=1), now)
    assert summary.is_old(Section(), now) and summary.is_too_old_to_sign(Section(), now)


def test_the_older_of_allergies_and_medicines_counts(chen):
    older = timezone.now() - timedelta(hours=3)
    record_of(chen, allergies=[AllergyFact("x")])
    assert summary.as_of(summary.read(chen)) is None
    record_of(chen, as_of=older, medicines=[])
    assert summary.as_of(summary.read(chen)) == older


def test_a_summary_is_two_queries(chen, django_assert_num_queries):
    record_of(chen, allergies=[], medicines=[], conditions=[])
    with django_assert_num_queries(2):
        summary.read(chen)
