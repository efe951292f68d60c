"""Identity numbers checked for form before they are sent anywhere (R2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum import numdb
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.exceptions import ValidationError

OLDEST = 130  # years


class NotANumber(ValueError):
    """The number cannot be right; the message says what to look at."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity number says by itself."""

    number: str
    birth_date: date
    gender: str


def read(text: str) -> Identity:
    """A Chinese resident number (18 signs) or a Slovak birth number, or NotANumber."""
    plain = normalize("NFKC", text).replace(" ", "").replace("-", "").upper()
    identity = _chinese(plain) if len(plain) == 18 else _slovak(plain)
    age = (timezone.localdate() - identity.birth_date).days / 365.25
    if not 0 <= age <= OLDEST:
        raise NotANumber(_("The birthday in this number cannot be right. Please look again."))
    return identity


def _chinese(number: str) -> Identity:
    """Region, birthday and check digit agree.

    The region only has to be one: a number is given where people live when it is given,
    and a district may be younger than its oldest residents.
    """
    try:
        if not (number[:-1].isascii() and number[:-1].isdigit()):
            raise NotANumber(_mistyped())
        birth_date = ric.get_birth_date(number)
        known_region = any(facts for _part, facts in numdb.get("cn/loc").info(number[:6]))
        if number[-1] != ric.calc_check_digit(number) or not known_region:
            raise NotANumber(_mistyped())
    except ValidationError:
        raise NotANumber(_mistyped()) from None
    return Identity(number, birth_date, "male" if int(number[16]) % 2 else "female")


def _slovak(number: str) -> Identity:
    try:
        compact = rc.validate(number)
        birth_date = rc.get_birth_date(compact)
    except ValidationError:
        raise NotANumber(_mistyped()) from None
    return Identity(compact, birth_date, "female" if int(compact[2:4]) > 50 else "male")


def _mistyped() -> str:
    return _("A sign of this number is wrong. Please compare it with the card once more.")
