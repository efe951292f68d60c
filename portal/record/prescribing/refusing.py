"""Why a prescription may not go on, and the row held while it is decided."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.locking import for_update
from portal.record.models import Practitioner, Prescription
from portal.record.rules import Alert
from portal.record.workflow import not_the_prescriber
from portal.workflow import Refused


class Blocked(Refused):
    """The safety checks stand in the way; `alerts` says which."""

    def __init__(self, message: str, alerts: Sequence[Alert]) -> None:
        super().__init__(message)
        self.alerts = tuple(alerts)


class NotConfirmed(Refused):
    """The data is old or unknown: the doctor must confirm it with the patient (R169).

    `as_of` is the time of the data, None when it was never read.
    """

    def __init__(self, message: str, as_of: datetime | None) -> None:
        super().__init__(message)
        self.as_of = as_of


def held(prescription: Prescription) -> Prescription:
    """The row as it is now, locked until the transaction ends."""
    rows = for_update(Prescription.objects)
    return rows.select_related("organization", "patient", "practitioner__user").get(
        pk=prescription.pk
    )


def held_draft(actor: Actor, prescription: Prescription) -> Prescription:
    """The doctor's own draft, locked. Raises Refused."""
    row = held(prescription)
    if reason := not_the_prescriber(actor, row):
        raise Refused(reason)
    if not row.is_draft:
        raise Refused(_("This prescription can no longer be changed."))
    return row


def doctor_of(actor: Actor) -> Practitioner:
    """The doctor who acts. Raises Refused for everybody else."""
    if actor.user is not None and actor.role == User.Role.DOCTOR:
        practitioner = Practitioner.objects.filter(user=actor.user).first()
        if practitioner is not None:
            return practitioner
    raise Refused(_("Only a doctor may do this."))


def words(text: Any, most: int) -> str:
    """Written words without invisible letters. Raises Refused when empty or too long."""
    plain = " ".join(_visible(str(text)).split())
    if not plain:
        raise Refused(_("Write the reason in words."))
    if len(plain) > most:
        raise Refused(_("Write at most %(most)s letters.") % {"most": most})
    return plain


def optional_words(text: Any, most: int) -> str:
    return words(text, most) if _visible(str(text)).strip() else ""


def _visible(text: str) -> str:
    """Without control characters, direction overrides and zero-width letters."""
    return "".join(
        " " if letter in "\n\t" else letter
        for letter in text
        if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
