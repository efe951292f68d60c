"""Telephone numbers as the world writes them, kept sealed and found by a keyed hash (R118)."""

from __future__ import annotations

import unicodedata

import phonenumbers
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from portal.accounts.models import User
from portal.secrecy import blind_index

MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class NotANumber(ValueError):
    """The text is not a mobile number we can send a code to; the message says so kindly."""


def parse(text: str) -> str:
    """The number in its international form (+8613800000001); a Chinese one needs no prefix."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(plain, settings.PHONE_REGIONS[0])
    except phonenumbers.NumberParseException:
        raise NotANumber(_("Please check the number: this is not a telephone number.")) from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise NotANumber(_("Please check the number: a digit is missing or too many."))
    if phonenumbers.region_code_for_number(number) not in settings.PHONE_REGIONS:
        raise NotANumber(_("We cannot send codes to this country. Please call your centre."))
    if phonenumbers.number_type(number) not in MOBILE:
        raise NotANumber(_("Please use a mobile number: the code comes as a text message."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(phone: str) -> str:
    """The number as people read it aloud; a Chinese one without its prefix."""
    number = phonenumbers.parse(phone)
    home = phonenumbers.country_code_for_region(settings.PHONE_REGIONS[0])
    if number.country_code == home:
        digits = str(number.national_number)
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def masked(phone: str) -> str:
    """Enough of a number to recognise one's own."""
    return f"{phone[:-8]}****{phone[-4:]}" if len(phone) > 8 else "****"


def give(user: User, phone: str) -> None:
    """Write down a number that was just proved by a code (or is known from a safe hand)."""
    user.phone, user.phone_index = phone, blind_index(phone)
    user.phone_verified, user.phone_proved_at = True, timezone.now()
    user.save(update_fields=["phone", "phone_index", "phone_verified", "phone_proved_at"])


def release(user: User) -> None:
    """Take the number off the account: somebody else proved to have it now."""
    user.phone, user.phone_index, user.phone_verified = "", "", False
    user.phone_proved_at = None
    user.save(update_fields=["phone", "phone_index", "phone_verified", "phone_proved_at"])


def resident(phone: str) -> User | None:
    """The resident's account with this number; staff never sign in by telephone."""
    return User.objects.filter(
        phone_index=blind_index(phone), phone_verified=True, role=User.Role.RESIDENT
    ).first()


def resident_or_new(phone: str) -> User:
    """The account of the number's holder, made now if there is none (one even for two taps)."""
    if user := resident(phone):
        return user
    try:
        with transaction.atomic():
            return _registered(phone)
    except IntegrityError:
        return User.objects.get(
            phone_index=blind_index(phone), phone_verified=True, role=User.Role.RESIDENT
        )


def _registered(phone: str) -> User:
    user = User(role=User.Role.RESIDENT)
    user.username = f"resident-{user.pk}"
    user.set_unusable_password()
    user.phone, user.phone_index = phone, blind_index(phone)
    user.phone_verified, user.phone_proved_at = True, timezone.now()
    user.save(force_insert=True)
    return user
