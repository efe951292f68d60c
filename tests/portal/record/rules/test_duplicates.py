"""The same medicine twice, or two of one kind (R77)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.record.rules import OVERRIDE, SHOW
from tests.portal.record.rules.conftest import SHIPPED, TODAY, found, line, old


def told(*lines, **facts):
    return [alert.severity for alert in found(*lines, rule="R77", **facts)]


def test_two_of_one_class_need_a_reason():
    assert told(line("Amlodipine"), line("Nifedipine", position=2)) == [OVERRIDE]
    assert told(line("Nifedipine"), medicines=[old("Amlodipine 5 mg", "C08CA01")]) == [OVERRIDE]


def test_two_brands_of_one_generic_need_a_reason():
    one, other = [m for m in SHIPPED if m.substances == ("amlodipine",)]
    assert told(line(one), line(other, position=2)) == [OVERRIDE]


def test_a_substance_inside_a_combination_is_seen():
    assert told(line("Valsartan and amlodipine"), medicines=[old("Amlodipine", "C08CA01")]) == [
        OVERRIDE
    ]
    combined = [old("西格列汀二甲双胍片 50/850", "A10BD07")]
    assert told(line("Metformin hydrochloride"), medicines=combined) == [OVERRIDE]


@pytest.mark.parametrize(
    ("days_ago", "severity"), [(28, SHOW), (21, SHOW), (20, OVERRIDE), (0, OVERRIDE)]
)
def test_a_renewal_is_shown_and_an_early_one_needs_a_reason(days_ago, severity):
    taken = old("Amlodipine 5 mg", "C08CA01", authored=TODAY - timedelta(days=days_ago),
                days_supply=28)  # fmt: skip
    assert told(line("Amlodipine"), medicines=[taken]) == [severity]


def test_without_a_date_a_renewal_needs_a_reason():
    assert told(line("Amlodipine"), medicines=[old("Amlodipine 5 mg", "C08CA01")]) == [OVERRIDE]


def test_the_newest_supply_of_a_medicine_counts():
    written = [
        old("Amlodipine", "C08CA01", authored=TODAY - timedelta(days=60), days_supply=28),
        old("Amlodipine", "C08CA01", authored=TODAY - timedelta(days=2), days_supply=28),
    ]
    for order in (written, written[::-1]):
        assert told(line("Amlodipine"), medicines=order) == [OVERRIDE]


def test_a_line_that_carries_on_an_order_is_no_duplicate():
    taken = old("Amlodipine 5 mg", "C08CA01", reference="MedicationRequest/7")
    assert not told(line("Amlodipine", continues="MedicationRequest/7"), medicines=[taken])
    assert not told(line("Amlodipine", is_renewal=True), medicines=[taken])
    assert told(line("Nifedipine", is_renewal=True), medicines=[taken]) == [OVERRIDE]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Insulin glargine", "Insulin aspart"),
        ("Salbutamol", "Salmeterol and fluticasone"),
        ("Glyceryl trinitrate", "Isosorbide mononitrate"),
        ("Fluticasone propionate nasal", "Salmeterol and fluticasone"),
        ("Metformin hydrochloride", "Gliclazide"),
    ],
)
def test_what_is_meant_to_go_together_is_no_duplicate(one, other):
    assert not told(line(one), line(other, position=2))
    assert not told(line(other), line(one, position=2))
