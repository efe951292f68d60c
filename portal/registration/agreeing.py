"""The separate consent to the use of health data, given before a record is looked for (R12)."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.record import consent
from portal.record.models import Consent, ConsentText, Patient
from portal.registration.models import Registration


def current(language: str) -> ConsentText | None:
    """The text to read now, in the reader's language if there is one."""
    return consent.current(ConsentText.Kind.SENSITIVE_DATA, language)


def keep(row: Registration, patient: Patient) -> None:
    """Once there is a patient, keep what the person agreed to, and when they did.

    Not `consent.give`: the text may have a newer version by now, and what was agreed to then
    stays agreed to.
    """
    if row.consent_text is None:
        return
    given, is_new = Consent.objects.get_or_create(
        patient=patient,
        text=row.consent_text,
        withdrawn_at=None,
        defaults={
            "organization": patient.organization,
            "digest": consent.digest(row.consent_text),
            "given_at": row.authored_on,
        },
    )
    if is_new:
        text = row.consent_text
        actor = Actor.of(row.user)
        journal.write(actor, "give-consent", given, kind=text.kind, version=text.version)
