"""The conditions of a long prescription (R62, R66) and of a child's one (R9)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.notification.notifying import notify
from portal.record.models import MedicationRequest, Prescription
from portal.record.prescribing.refusing import held, held_draft, words
from portal.record.rules.length import CRITERIA
from portal.terminology import parameters
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
    control-steady, long-term. A missing one means no long prescription. The resident is asked
    to agree, once more where the agreement was given to an earlier assessment.
    """
    row = held_draft(actor, prescription)
    if missing := set(CRITERIA) - set(criteria):
        raise Refused(
            _("%(count)s of the five conditions are not met: no long prescription.")
            % {"count": len(missing)}
        )
    row.long_agreed_at = None
    row.long_assessment = {
        "criteria": list(CRITERIA),
        "text": words(assessment, 1000),
        "educated": bool(educated),
        "at": timezone.now().isoformat(),
    }
    row.save(update_fields=["long_assessment", "long_agreed_at"])
    journal.write(actor, "assess-long", row)
    _ask(row)
    return row


def is_long(line: MedicationRequest) -> bool:
    """Over four weeks: the resident must agree (R62)."""
    return bool(line.days > parameters.value("ltp.days_standard"))


def asked_of(actor: Actor) -> QuerySet[Prescription]:
    """The prescriptions to which this resident is or was asked to agree."""
    if actor.user_id is None:
        return Prescription.objects.none()
    rows = Prescription.objects.filter(patient__user_id=actor.user_id)
    return rows.exclude(long_assessment={}).select_related("practitioner", "organization")


def shown(prescription: Prescription) -> str:
    """A mark of what the resident reads: another medicine or assessment has another one."""
    lines = sorted(str(key) for key in prescription.lines.values_list("pk", flat=True))
    return hashlib.sha256(repr((prescription.long_assessment, lines)).encode()).hexdigest()[:32]


@transaction.atomic
def agree(actor: Actor, prescription: Prescription, seen: str | None = None) -> Prescription:
    """The resident's own yes to more than four weeks (R62), to what was `shown`. Raises Refused."""
    row = held(prescription)
    if actor.user_id is None or row.patient.user_id != actor.user_id:
        raise Refused(_("Only the resident may agree to this."))
    if not row.is_draft or not row.long_assessment:
        raise Refused(_("There is nothing to agree to now."))
    if seen is not None and seen != shown(row):
        raise Refused(_("Your doctor has changed it meanwhile. Please read it once more."))
    if row.long_agreed_at is None:
        row.long_agreed_at = timezone.now()
        row.save(update_fields=["long_agreed_at"])
        journal.write(actor, "agree-long", row)
        _tell_the_doctor(row)
    return row


def lapse(actor: Actor, row: Prescription) -> None:
    """What the resident agreed to is not what it is now: the agreement ends."""
    if row.long_agreed_at is not None:
        row.long_agreed_at = None
        row.save(update_fields=["long_agreed_at"])
        journal.write(actor, "lapse-agreement", row)


@transaction.atomic
def confirm_guardian(actor: Actor, prescription: Prescription, name: str) -> Prescription:
    """The doctor sees a guardian beside the child (R9). Raises Refused."""
    row = held_draft(actor, prescription)
    row.guardian_name = words(name, 100)
    row.guardian_confirmed_at = timezone.now()
    row.save(update_fields=["guardian_name", "guardian_confirmed_at"])
    journal.write(actor, "confirm-guardian", row)
    return row


def _ask(row: Prescription) -> None:
    notify(
        row.patient.user,
        "agreement-asked",
        event=f"{row.pk}:{row.long_assessment['at']}",
        doctor=row.practitioner.name,
        centre=row.organization.name,
        telephone=row.organization.telecom,
        prescription=row.pk,
    )


def _tell_the_doctor(row: Prescription) -> None:
    notify(
        row.practitioner.user,
        "agreement-given-doctor",
        event=f"{row.pk}:{row.long_agreed_at}",
        person=row.patient.name,
    )
