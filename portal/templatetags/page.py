"""Small words every page needs: a telephone link, a price."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, pgettext_lazy

register = template.Library()

SIGNS = {"CNY": "¥", "EUR": "€", "RUB": "₽"}
SIGN_AFTER = {"EUR", "RUB"}
OF_THE_HOSPITAL = {
    "mild": pgettext_lazy("severity", "mild"),
    "moderate": pgettext_lazy("severity", "moderate"),
    "severe": pgettext_lazy("severity", "severe"),
    "active": pgettext_lazy("record", "current"),
    "recurrence": pgettext_lazy("record", "came back"),
    "relapse": pgettext_lazy("record", "came back"),
    "inactive": pgettext_lazy("record", "at rest"),
    "remission": pgettext_lazy("record", "at rest"),
    "resolved": pgettext_lazy("record", "over"),
    "on-hold": pgettext_lazy("record", "paused"),
    "completed": pgettext_lazy("record", "used up"),
    "stopped": pgettext_lazy("record", "stopped"),
    "cancelled": pgettext_lazy("record", "cancelled"),
}


@register.filter
def dial(telecom: str) -> str:
    """The digits a telephone link dials."""
    return "".join(sign for sign in str(telecom) if sign.isdigit() or sign in "+*#")


@register.filter
def in_words(code: str) -> str:
    """A code of the hospital record as a person says it; one that we do not know as it came."""
    return str(OF_THE_HOSPITAL.get(code, code))


@register.filter
def day(moment: date | datetime) -> str:
    """A day as people say it: Sunday, 22 November; 11月22日 星期日."""
    weekday, when = (
        date_format(_local(moment), "l"),
        date_format(_local(moment), "MONTH_DAY_FORMAT"),
    )
    return gettext("%(weekday)s, %(day)s") % {"weekday": weekday, "day": when}


@register.filter
def day_and_time(moment: datetime) -> str:
    """A day and a clock time: Sunday, 22 November, 09:30."""
    clock = date_format(_local(moment), "H:i")
    return gettext("%(day)s, %(time)s") % {"day": day(moment), "time": clock}


def _local(moment: date | datetime) -> date | datetime:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


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
