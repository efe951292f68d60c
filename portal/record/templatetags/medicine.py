"""A medicine on a page: how to take it in words, and amounts without rounding (R79)."""

from __future__ import annotations

from decimal import Decimal

from django import template

from portal.record.directions import say, unit_word
from portal.record.models import MedicationRequest
from portal.terminology import units

register = template.Library()


@register.filter
def directions(line: MedicationRequest) -> str:
    """How to take it, with what one unit holds; never a bare count."""
    return say(line)


@register.filter
def amount(number: Decimal) -> str:
    """As it is: 0.25 stays 0.25, and ten is 10."""
    return units.plain(number)


@register.filter
def unit(code: str) -> str:
    """The word for a counted unit; mg and IU stay as they are."""
    return unit_word(code)
