"""More than four weeks of a medicine: the doctor's assessment, the resident's yes (R62, R66)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consult import conversation
from consult.closing import not_prescribable
from consult.models import Encounter
from portal.accounts.actor import Actor
from portal.locking import for_update
from portal.record import prescribing
from portal.record.models import Prescription
from portal.workflow import Refused


@transaction.atomic
def assess(
    actor: Actor,
    encounter: Encounter,
    draft: Prescription,
    criteria: Collection[str],
    assessment: str,
    educated: bool,
) -> Prescription:
    """Keep the assessment, and ask the resident in the conversation too. Raises Refused."""
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if reason := not_prescribable(actor, row):
        raise Refused(reason)
    asked = prescribing.assess_long(actor, draft, criteria, assessment, educated)
    with translation.override(_language(row)):
        url = reverse("consult:agreement", args=[asked.pk])
        body = {"title": _("Please read this and say whether you agree"), "url": url}
    conversation.card(row, "agreement", body)
    return asked


@transaction.atomic
def agree(actor: Actor, prescription: Prescription, seen: str) -> Prescription:
    """The resident's yes; the conversation says so. Raises Refused."""
    visits = for_update(Encounter.objects)
    of_visit = prescription.encounter_id  # a renewal has none
    visit = visits.filter(pk=of_visit).first() if of_visit else None
    was_agreed_at = prescription.long_agreed_at
    agreed = prescribing.agree(actor, prescription, seen)
    if visit is not None and was_agreed_at is None:
        words = gettext_lazy("You have agreed to a supply for more than four weeks.")
        conversation.system_note(visit, words, code="agreed")
    return agreed


def _language(encounter: Encounter) -> str:
    """The resident's own; what the portal says to both is said in it."""
    user = encounter.patient.user
    return (user.language if user else "") or translation.get_language() or "en"
