"""The conditions of a long prescription (R62, R66) and of a child's one (R9)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.record.models import Prescription
from portal.record.prescribing.refusing import held, held_draft, words
from portal.record.rules.length import CRITERIA
from portal.workflow import Refused


@transaction.atomic
def assess_long(
    actor: Actor,
    prescription: Prescription,
    criteria: Collection[str],
    assessment: str,
    educated: bool,
) -> Prescription:
    """Write down the strict assessment and that the resident was taught. Raises Refused.

    `criteria` are those met of: diagnosis-clear, regimen-stable, adherence-good,
    control-steady, long-term. A missing one means no long prescription.
    """
    row = held_draft(actor, prescription)
    if missing := set(CRITERIA) - set(criteria):
        raise Refused(
            _("%(count)s of the five conditions are not met: no long prescription.")
            % {"count": len(missing)}
        )
    row.long_assessment = {
        "criteria": list(CRITERIA),
        "text": words(assessment, 1000),
        "educated": bool(educated),
        "at": timezone.now().isoformat(),
    }
    row.save(update_fields=["long_assessment"])
    journal.write(actor, "assess-long", row)
    return row


@transaction.atomic
def agree(actor: Actor, prescription: Prescription) -> Prescription:
    """The resident's own yes to more than four weeks (R62). Raises Refused."""
    row = held(prescription)
    if actor.user_id is None or row.patient.user_id != actor.user_id:
        raise Refused(_("Only the resident may agree to this."))
    if not row.is_draft or not row.long_assessment:
        raise Refused(_("There is nothing to agree to now."))
    if row.long_agreed_at is None:
        row.long_agreed_at = timezone.now()
        row.save(update_fields=["long_agreed_at"])
        journal.write(actor, "agree-long", row)
    return row


@transaction.atomic
def confirm_guardian(actor: Actor, prescription: Prescription, name: str) -> Prescription:
    """The doctor sees a guardian beside the child (R9). Raises Refused."""
    row = held_draft(actor, prescription)
    row.guardian_name = words(name, 100)
    row.guardian_confirmed_at = timezone.now()
    row.save(update_fields=["guardian_name", "guardian_confirmed_at"])
    journal.write(actor, "confirm-guardian", row)
    return row
