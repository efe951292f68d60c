"""Amounts of medicine in one unit or another: mg, g, µg, IU, mL (R78)."""

from __future__ import annotations

from decimal import Decimal

SPELLINGS = {
    "µg": "ug", "μg": "ug", "mcg": "ug", "microgram": "ug", "micrograms": "ug", "微克": "ug",
    "毫克": "mg", "克": "g", "iu": "IU", "u": "IU", "unit": "IU", "units": "IU", "单位": "IU",
    "ml": "mL", "毫升": "mL", "l": "L",
}  # fmt: skip
KINDS: dict[str, tuple[str, Decimal]] = {
    "kg": ("mass", Decimal(10) ** 3),
    "g": ("mass", Decimal(1)),
    "mg": ("mass", Decimal(10) ** -3),
    "ug": ("mass", Decimal(10) ** -6),
    "ng": ("mass", Decimal(10) ** -9),
    "L": ("volume", Decimal(1)),
    "mL": ("volume", Decimal(10) ** -3),
    "IU": ("units", Decimal(1)),
}


class UnitMismatch(ValueError):
    """These units measure different things."""


def spelled(unit: str) -> str:
    """The one spelling of a unit: "µg", "mcg" and "ug" are the same."""
    plain = unit.strip()
    return SPELLINGS.get(plain.lower(), plain)


def convert(value: Decimal, source: str, target: str) -> Decimal:
    """The same amount in another unit. Raises UnitMismatch."""
    start, end = spelled(source), spelled(target)
    if start == end:
        return value
    if start not in KINDS or end not in KINDS or KINDS[start][0] != KINDS[end][0]:
        raise UnitMismatch(f"{source} is no {target}")
    return value * KINDS[start][1] / KINDS[end][1]


def plain(value: Decimal) -> str:
    """A number as a person writes it: no trailing zeros (5.0 may be read as 50), no exponent."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text
