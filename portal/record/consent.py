"""What residents agree to: the current text, their yes and their no (R11, R12, R14)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record.models import Consent, ConsentText, Patient
from portal.workflow import Refused

DATA = Path(__file__).parent / "data" / "consent_texts.json"
FALLBACK = "en"


class TextChanged(Exception):
    """A shipped text differs from the version that is stored: give it a new version."""


def current(kind: str, language: str | None = None) -> ConsentText | None:
    """The newest text that holds now, in the reader's language or else in English."""
    texts = ConsentText.objects.filter(kind=kind, valid_from__lte=timezone.now())
    newest = texts.order_by("-version").first()
    if newest is None:
        return None
    versions = {text.language: text for text in texts.filter(version=newest.version)}
    wanted = (language or get_language() or FALLBACK).lower()
    same_tongue = (text for name, text in versions.items() if name[:2] == wanted[:2])
    return versions.get(wanted) or next(same_tongue, None) or versions.get(FALLBACK) or newest


def missing(patient: Patient, kind: str) -> ConsentText | None:
    """The text that the resident still has to agree to; None when this version is agreed to.

    A version counts in whatever language it was read.
    """
    text = current(kind)
    if text is None:
        return None
    given = Consent.objects.filter(
        patient=patient, text__kind=kind, text__version=text.version, withdrawn_at=None
    )
    return None if given.exists() else text


@transaction.atomic
def give(actor: Actor, patient: Patient, text: ConsentText) -> Consent:
    """The resident's own yes to this very text; the second tap changes nothing. Raises Refused."""
    _own(actor, patient)
    for_update(Patient.objects).get(pk=patient.pk)
    newest = current(text.kind)
    if newest is None or newest.version != text.version:
        raise Refused(_("This text has changed. Read the new one first."))
    consent, is_new = Consent.objects.get_or_create(
        patient=patient,
        text=text,
        withdrawn_at=None,
        defaults={
            "organization_id": patient.organization_id,
            "digest": digest(text),
            "given_at": timezone.now(),
        },
    )
    if is_new:
        journal.write(actor, "give-consent", consent, kind=text.kind, version=text.version)
    return consent


@transaction.atomic
def withdraw(actor: Actor, patient: Patient, kind: str) -> int:
    """Take the yes back, as easily as it was given; the past stays (R14). How many ended."""
    _own(actor, patient)
    for_update(Patient.objects).get(pk=patient.pk)
    rows = list(Consent.objects.filter(patient=patient, text__kind=kind, withdrawn_at=None))
    for row in rows:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        journal.write(actor, "withdraw-consent", row, kind=kind)
    return len(rows)


def digest(text: ConsentText) -> str:
    """The fingerprint of exactly what was read."""
    return hashlib.sha256(text.body.encode()).hexdigest()


@transaction.atomic
def load() -> int:
    """Add the shipped texts; a stored version is never changed. How many were new.

    Raises TextChanged when a shipped version no longer reads as it was stored.
    """
    return sum(_add(row) for row in json.loads(DATA.read_text("utf-8")))


def _add(row: dict[str, Any]) -> bool:
    body = "\n\n".join(row["body"])
    text, is_new = ConsentText.objects.get_or_create(
        kind=row["kind"],
        version=row["version"],
        language=row["language"],
        defaults={
            "title": row["title"],
            "body": body,
            "valid_from": datetime.fromisoformat(row["valid_from"]),
        },
    )
    if (text.title, text.body) != (row["title"], body):
        raise TextChanged(f"{row['kind']} {row['version']} {row['language']}")
    return is_new


def _own(actor: Actor, patient: Patient) -> None:
    if actor.user_id is None or patient.user_id != actor.user_id:
        raise Refused(_("Only the resident may do this."))
