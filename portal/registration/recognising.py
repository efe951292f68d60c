"""A number can get a new owner; identity is never the number alone.

A carrier gives a number away again after it rested for about three months. When nobody
proved the number for `PHONE_TRUSTED_DAYS`, the one who proves it now answers one question
before the record opens, or says that they are somebody else and starts afresh.
"""

from __future__ import annotations

from datetime import date, timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from portal.accounts import limits, phones, signals
from portal.accounts.models import User
from portal.notification.notifying import notify
from portal.record.models import Patient


class RecogniseStage(LoginStage):  # between the right code and the open session
    """Is the person with the telephone still the person of the account?"""

    key = "recognise"
    urlname = "recognise"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        by_code = any(
            record.get("method") == "code"
            for record in get_authentication_records(self.request, user)
        )
        if by_code and isinstance(user, User) and is_doubtful(user):
            return redirect("recognise"), True
        return None, True


def is_doubtful(user: User) -> bool:
    """Has the number rested so long that it may have a new owner, with a record at stake?"""
    if not Patient.objects.filter(user=user).exists():
        return False
    rested = timezone.now() - timedelta(days=settings.PHONE_TRUSTED_DAYS)
    return user.phone_proved_at is None or user.phone_proved_at < rested


def knows_birthday(user: User, day: date) -> bool:
    """Does the person know the birthday in the record? Raises TooMany after five tries (R109)."""
    limits.spend("birth-date-wrong", str(user.pk))
    if not Patient.objects.filter(user=user, birth_date=day).exists():
        return False
    limits.forget("birth-date-wrong", str(user.pk))
    return True


@transaction.atomic
def start_afresh(user: User) -> User:
    """Somebody else has the number now: the old account keeps its record and loses the number."""
    phone = user.phone
    phones.release(user)
    signals.noted.send(User, user=user, action="number-released", detail={})
    notify(user, "number-released", event=timezone.now().isoformat())
    return phones.resident_or_new(phone)
