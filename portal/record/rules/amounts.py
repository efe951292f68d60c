"""How much: the quantity fits the days, and no dose is above the label (R52, R78, R79)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.record.rules.alert import STOP, Alert
from portal.record.rules.case import Case, Line
from portal.terminology import units
from portal.terminology.models import Medication
from portal.terminology.units import UnitMismatch

LABEL = "R78, product label"


def check(case: Case) -> Iterator[Alert]:
    for line in case.lines:
        yield from _quantity(line)
        yield from _single_dose(line)
    yield from _daily_dose(case)


def units_needed(
    medication: Medication, dose: Decimal, dose_unit: str, doses_a_day: Decimal, days: int
) -> Decimal:
    """How many tablets, puffs or mL the course takes, to a hundredth. Raises UnitMismatch."""
    return round(counted(medication, dose, dose_unit) * doses_a_day * days, 2)


def counted(medication: Medication, dose: Decimal, dose_unit: str) -> Decimal:
    """One dose in the medicine's counted unit (tablet, mL …). Raises UnitMismatch."""
    if dose_unit == medication.unit:
        return dose
    if len(medication.ingredients) > 1:
        raise UnitMismatch(f"{dose_unit} of a combination")
    (part,) = medication.ingredients
    return units.convert(dose, dose_unit, part["unit"]) / Decimal(part["value"])


def in_packs(medication: Medication, needed: Decimal) -> Decimal:
    """The same quantity rounded up to whole packs."""
    packs = (needed / medication.pack_size).to_integral_value(ROUND_CEILING)
    return packs * medication.pack_size


def amount(line: Line, part: dict[str, Any]) -> Decimal:
    """How much of one substance a single dose holds, in the substance's unit."""
    return counted(line.medication, line.dose, line.dose_unit) * Decimal(part["value"])


def _quantity(line: Line) -> Iterator[Alert]:
    try:
        needed = units_needed(
            line.medication, line.dose, line.dose_unit, line.frequency.doses_per_day, line.days
        )
    except UnitMismatch:
        yield Alert(
            "R54", f"R54:{line.medication.code}:unit", STOP, line.position,
            _("%(medicine)s: the dose unit does not fit this medicine.")
            % {"medicine": line.medication}, "R54",
        )  # fmt: skip
        return
    if line.quantity > in_packs(line.medication, needed):
        yield Alert(
            "R52", f"R52:{line.medication.code}:{line.quantity}", STOP, line.position,
            _("%(medicine)s: the quantity is more than the days need.")
            % {"medicine": line.medication}, "R52",
        )  # fmt: skip


def _single_dose(line: Line) -> Iterator[Alert]:
    for part in line.medication.ingredients:
        given = _given(line, part)
        if given is not None and part["max_single"] and given > Decimal(part["max_single"]):
            yield _above(line.medication, part, given, part["max_single"], line.position, "dose")


def _daily_dose(case: Case) -> Iterator[Alert]:
    """Over all lines together: the same substance in two medicines adds up."""
    totals: dict[str, Decimal] = {}
    limits: dict[str, tuple[Decimal, Line, dict[str, Any]]] = {}
    for line in case.lines:
        for part in line.medication.ingredients:
            given = _given(line, part)
            if given is None or not part["max_daily"]:
                continue
            name, limit = part["substance"], _in_base(part, Decimal(part["max_daily"]))
            a_day = given * max(line.frequency.doses_per_day, Decimal(0))
            totals[name] = totals.get(name, Decimal(0)) + _in_base(part, a_day)
            if name not in limits or limit > limits[name][0]:
                limits[name] = (limit, line, part)
    for name, (limit, line, part) in limits.items():
        if totals[name] > limit:
            total = _from_base(part, totals[name])
            yield _above(line.medication, part, total, part["max_daily"], line.position, "day")


def _given(line: Line, part: dict[str, Any]) -> Decimal | None:
    try:
        return amount(line, part)
    except UnitMismatch:
        return None  # said once, by the quantity check


def _in_base(part: dict[str, Any], value: Decimal) -> Decimal:
    """In milligrams where the unit is a mass, so that 0.5 g and 500 mg add up."""
    try:
        return units.convert(value, part["unit"], "mg")
    except UnitMismatch:
        return value


def _from_base(part: dict[str, Any], value: Decimal) -> Decimal:
    try:
        return units.convert(value, "mg", part["unit"])
    except UnitMismatch:
        return value


def _above(
    medication: Medication, part: dict[str, Any], given: Decimal, most: str, position: int, per: str
) -> Alert:
    facts = {
        "medicine": medication,
        "given": f"{units.plain(given)} {part['unit']}",
        "most": f"{most} {part['unit']}",
    }
    sentence = (
        _("%(medicine)s: %(given)s at once is above the most allowed, %(most)s.")
        if per == "dose"
        else _("%(medicine)s: %(given)s a day is above the most allowed, %(most)s.")
    )
    key = f"R78:{part['substance']}:{per}:{units.plain(given)}"
    return Alert("R78", key, STOP, position, sentence % facts, LABEL)
