"""The separate consent to the use of health data, given before a record is looked for (R12)."""

from __future__ import annotations

import hashlib

from portal.record.models import Consent, ConsentText, Patient
from portal.registration.models import Registration


def current(language: str) -> ConsentText | None:
    """The newest text, in the reader's language if there is one."""
    rows = ConsentText.objects.filter(kind=ConsentText.Kind.SENSITIVE_DATA).order_by("-version")
    return rows.filter(language=language).first() or rows.first()


def keep(row: Registration, patient: Patient) -> None:
    """Once there is a patient, keep what the person agreed to, and when."""
    if row.consent_text is None:
        return
    Consent.objects.get_or_create(
        patient=patient,
        text=row.consent_text,
        withdrawn_at=None,
        defaults={
            "organization": patient.organization,
            "digest": hashlib.sha256(row.consent_text.body.encode()).hexdigest(),
            "given_at": row.authored_on,
        },
    )
