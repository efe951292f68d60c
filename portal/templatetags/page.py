"""Small words every page needs: a telephone link, a price."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()

SIGNS = {"CNY": "¥", "EUR": "€", "RUB": "₽"}
SIGN_AFTER = {"EUR", "RUB"}


@register.filter
def dial(telecom: str) -> str:
    """The digits a telephone link dials."""
    return "".join(sign for sign in str(telecom) if sign.isdigit() or sign in "+*#")


@register.filter
def money(minor: int, currency: str = "CNY") -> str:
    """A price in its currency from minor units: 1250 → ¥12.50."""
    amount = number_format(Decimal(minor) / 100, decimal_pos=2, force_grouping=True)
    sign = SIGNS.get(currency, currency)
    return f"{amount} {sign}" if currency in SIGN_AFTER or len(sign) > 1 else f"{sign}{amount}"


@register.filter
def initial(name: str) -> str:
    """The first letter of a name, for the round mark beside it."""
    return str(name).strip()[:1]
