"""How much: units, quantities and ceilings (R52, R78)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.record.rules import STOP, amounts
from portal.terminology import units
from tests.portal.record.rules.conftest import SHIPPED, found, line

MASS = ["kg", "g", "mg", "ug", "µg", "mcg", "ng"]
amount = st.decimals(min_value="0.001", max_value="100000", places=3)


@given(amount, st.sampled_from(MASS), st.sampled_from(MASS))
def test_converting_there_and_back_changes_nothing(value, one, other):
    assert units.convert(units.convert(value, one, other), other, one) == value


@given(amount, st.sampled_from(MASS), st.sampled_from(MASS), st.sampled_from(MASS))
def test_converting_over_a_third_unit_is_the_same(value, one, other, third):
    direct = units.convert(value, one, third)
    assert units.convert(units.convert(value, one, other), other, third) == direct


@given(amount, amount)
def test_the_larger_amount_stays_the_larger(one, other):
    assert (one < other) == (units.convert(one, "g", "ug") < units.convert(other, "g", "ug"))


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [("1", "g", "mg", "1000"), ("500", "µg", "mg", "0.5"), ("0.25", "mg", "μg", "250"),
     ("2", "L", "mL", "2000"), ("10", "u", "IU", "10"), ("5", "毫克", "mg", "5")],
)  # fmt: skip
def test_known_conversions(value, source, target, result):
    assert units.convert(Decimal(value), source, target) == Decimal(result)


@pytest.mark.parametrize(("source", "target"), [("mg", "mL"), ("IU", "mg"), ("tablet", "mg")])
def test_unlike_units_are_refused(source, target):
    with pytest.raises(units.UnitMismatch):
        units.convert(Decimal(1), source, target)


@pytest.mark.parametrize(
    ("value", "text"), [("5.0", "5"), ("0.50", "0.5"), ("100", "100"), ("1E+2", "100")]
)
def test_numbers_are_written_without_trailing_zeros(value, text):
    assert units.plain(Decimal(value)) == text


def above(*lines):
    return [alert.key for alert in found(*lines, rule="R78")]


@pytest.mark.parametrize(
    ("name", "dose", "often", "allowed"),
    [
        ("Amlodipine", 2, "qd", True), ("Amlodipine", 3, "qd", False),
        ("Amlodipine", 2, "bid", False), ("Metformin hydrochloride", 1, "tid", True),
        ("Metformin hydrochloride", 2, "tid", False), ("Paracetamol", 1, "qid", True),
        ("Paracetamol", 2, "tid", False), ("Methotrexate", 4, "qw", True),
        ("Methotrexate", 11, "qw", False), ("Levothyroxine", 2, "qm", True),
        ("Levothyroxine", 7, "qm", False), ("Salbutamol", 2, "prn-qid", True),
        ("Salbutamol", 4, "prn-qid", False),
    ],
)  # fmt: skip
def test_a_dose_above_the_label_is_stopped(name, dose, often, allowed):
    assert (above(line(name, dose, often)) == []) is allowed


@pytest.mark.parametrize(
    ("dose", "unit", "allowed"),
    [("10", "mg", True), ("0.01", "g", True), ("10000", "ug", True), ("10.001", "mg", False),
     ("0.011", "g", False), ("10001", "µg", False)],
)  # fmt: skip
def test_the_ceiling_is_the_same_in_every_unit(dose, unit, allowed):
    assert (above(line("Amlodipine", dose, dose_unit=unit)) == []) is allowed


def test_insulin_is_written_in_units():
    assert not above(line("Insulin glargine", 20, dose_unit="IU", quantity=Decimal("1.4")))
    assert above(line("Insulin glargine", 500, dose_unit="IU", quantity=Decimal(35)))


def test_a_substance_in_two_medicines_adds_up():
    lines = [line("Valsartan", 2, "bid", form="capsule"),
             line("Valsartan and amlodipine", 1, "qd", position=2)]  # fmt: skip
    assert above(*lines) == ["R78:valsartan:day:400"]


def test_a_unit_that_does_not_fit_is_stopped():
    (alert,) = found(line("Amlodipine", 1, dose_unit="mL"), rule="R54")
    assert alert.severity == STOP
    assert found(line("Valsartan and amlodipine", 80, dose_unit="mg"), rule="R54")


@pytest.mark.parametrize(("quantity", "stopped"), [(28, False), (29, True), (7, False)])
def test_a_quantity_may_fill_the_pack_and_no_more(quantity, stopped):
    given = line("Amlodipine", quantity=Decimal(quantity))
    assert bool(found(given, rule="R52")) is stopped


IN_MG = [m for m in SHIPPED if len(m.ingredients) == 1 and m.ingredients[0]["unit"] == "mg"]


@given(st.sampled_from(IN_MG), st.integers(1, 4), st.integers(1, 28))
def test_counting_tablets_or_milligrams_needs_the_same(medication, dose, days):
    (part,) = medication.ingredients
    counted = amounts.units_needed(medication, Decimal(dose), medication.unit, Decimal(1), days)
    weighed = amounts.units_needed(
        medication, dose * Decimal(part["value"]), "mg", Decimal(1), days
    )
    assert counted == weighed == dose * days
    packs = amounts.in_packs(medication, counted)
    assert counted <= packs < counted + medication.pack_size
    assert packs % medication.pack_size == 0


def test_the_highest_labelled_dose_of_each_medicine_passes_and_more_does_not():
    limited = [m for m in SHIPPED if len(m.ingredients) == 1 and m.ingredients[0]["max_single"]]
    assert len(limited) > 200
    for medication in limited:
        (part,) = medication.ingredients
        top = Decimal(part["max_single"]) / Decimal(part["value"])
        given = replace(line(medication), dose=top, quantity=top)
        assert above(given) == [], medication.name_en
        assert above(replace(given, dose=top + 1)), medication.name_en
