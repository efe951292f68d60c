"""Money as people read it: minor units and a currency in, a sum out."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format

register = template.Library()

SIGNS = {"CNY": "¥", "EUR": "€", "RUB": "₽"}


@register.filter
def money(minor: int, currency: str = "CNY") -> str:
    """2500 fen as ¥25.00; signs after the sum where the currency wants it so."""
    sum_ = number_format(minor / 100, decimal_pos=2, force_grouping=True)
    sign = SIGNS.get(currency, currency)
    return f"{sign}{sum_}" if currency == "CNY" else f"{sum_} {sign}"
