"""Ask about allergies, and keep the answer (R75)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.record.models import AllergyIntolerance, Patient, Practitioner
from portal.record.prescribing.refusing import doctor_of, optional_words, words
from portal.workflow import Refused

MOST_ANSWERS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """One substance the resident names."""

    substance: str
    reaction: str = ""
    kind: str = AllergyIntolerance.Kind.ALLERGY
    severity: str = AllergyIntolerance.Severity.UNKNOWN


@transaction.atomic
def record_no_allergies(actor: Actor, patient: Patient) -> AllergyIntolerance:
    """Asked, and none known. Raises Refused while an allergy is on the portal's own list."""
    practitioner = _who_asks(actor, patient)
    for_update(Patient.objects).get(pk=patient.pk)
    mine = AllergyIntolerance.objects.filter(patient=patient, superseded_at=None)
    if mine.filter(is_none_known=False).exists():
        raise Refused(_("An allergy is on the list. Take it off first."))
    mine.update(superseded_at=timezone.now())
    row = _create(practitioner, patient, {"is_none_known": True})
    journal.write(actor, "ask-allergies", row, after="none-known")
    return row


@transaction.atomic
def record_allergies(
    actor: Actor, patient: Patient, answers: Sequence[Answer]
) -> list[AllergyIntolerance]:
    """Asked: keep what the resident names, beside what is known already. Raises Refused."""
    practitioner = _who_asks(actor, patient)
    if not 0 < len(answers) <= MOST_ANSWERS:
        raise Refused(_("Name between one and %(most)s substances.") % {"most": MOST_ANSWERS})
    facts = [_checked(answer) for answer in answers]
    for_update(Patient.objects).get(pk=patient.pk)
    mine = AllergyIntolerance.objects.filter(patient=patient, superseded_at=None)
    mine.filter(is_none_known=True).update(superseded_at=timezone.now())
    rows = [_create(practitioner, patient, fact) for fact in facts]
    journal.write(actor, "ask-allergies", rows[0], after="list", count=len(rows))
    return rows


@transaction.atomic
def withdraw_allergy(actor: Actor, row: AllergyIntolerance) -> None:
    """Take a wrong entry off the list; it stays in the history. Raises Refused."""
    _who_asks(actor, row.patient)
    live = AllergyIntolerance.objects.filter(pk=row.pk, superseded_at=None)
    if not live.update(superseded_at=timezone.now()):
        raise Refused(_("This entry is already off the list."))
    journal.write(actor, "withdraw-allergy", row)


def _who_asks(actor: Actor, patient: Patient) -> Practitioner:
    practitioner = doctor_of(actor)
    if practitioner.organization_id != patient.organization_id:
        raise Refused(_("This resident belongs to another centre."))
    return practitioner


def _checked(answer: Answer) -> dict[str, Any]:
    if answer.kind not in AllergyIntolerance.Kind.values:
        raise Refused(_("Say whether it is an allergy or an intolerance."))
    if answer.severity not in AllergyIntolerance.Severity.values:
        raise Refused(_("Choose how severe it was from the list."))
    return {
        "substance": words(answer.substance, 100),
        "reaction": optional_words(answer.reaction, 200),
        "kind": answer.kind,
        "severity": answer.severity,
    }


def _create(
    practitioner: Practitioner, patient: Patient, facts: dict[str, Any]
) -> AllergyIntolerance:
    return AllergyIntolerance.objects.create(
        organization_id=patient.organization_id,
        patient=patient,
        recorder=practitioner,
        recorded=timezone.now(),
        **facts,
    )
