"""What the safety checks say about a prescription, and what the doctor answers (R74–R82, R81)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.record import rules, summary
from portal.record.facts import MedicineFact, Summary
from portal.record.models import AlertFired, AlertOverride, MedicationRequest, Prescription
from portal.record.prescribing.refusing import held_draft, words
from portal.record.rules import Alert
from portal.workflow import Refused

IN_FORCE = (
    Prescription.Status.SIGNED, Prescription.Status.EFFECTIVE, Prescription.Status.COMPLETED,
)  # fmt: skip
LEFTOVER = timedelta(days=30)


def alerts(
    prescription: Prescription, record: Summary | None = None, now: datetime | None = None
) -> list[Alert]:
    """Everything the checks find now, the worst first."""
    lines = prescription.lines.select_related("medication", "frequency")
    today = (now or timezone.now()).astimezone(prescription.organization.zone).date()
    return rules.check(
        lines,
        prescription.patient,
        record or summary.read(prescription.patient),
        today,
        practitioner=prescription.practitioner,
        prescription=prescription,
        portal_medicines=_from_the_portal(prescription, today),
    )


def unanswered(prescription: Prescription, found: Iterable[Alert]) -> list[Alert]:
    """The alerts that still keep the doctor from signing."""
    answered = set(prescription.overrides.values_list("alert_key", flat=True))
    return [
        alert
        for alert in found
        if alert.blocks or (alert.wants_a_reason and alert.key not in answered)
    ]


@transaction.atomic
def override(
    actor: Actor, prescription: Prescription, alert_key: str, code: str, text: str
) -> AlertOverride:
    """Go on in spite of an alert, with a coded reason and words (R81). Raises Refused."""
    row = held_draft(actor, prescription)
    reason = words(text, 300)
    if code not in AlertOverride.Reason.values:
        raise Refused(_("Choose a reason from the list."))
    alert = _standing(row, alert_key)
    note_fired(row, [alert])
    answer, is_new = AlertOverride.objects.get_or_create(
        prescription=row,
        alert_key=alert.key,
        defaults={
            "organization_id": row.organization_id,
            "patient_id": row.patient_id,
            "rule": alert.rule,
            "alert_text": alert.text,
            "code": code,
            "text": reason,
            "by": row.practitioner.user,
            "at": timezone.now(),
        },
    )
    if is_new:
        journal.write(actor, "override", row, rule=alert.rule, reason=code)
    return answer


def _standing(row: Prescription, alert_key: str) -> Alert:
    """The alert that may be set aside. Raises Refused."""
    alert = next((found for found in alerts(row) if found.key == alert_key), None)
    if alert is None:
        raise Refused(_("This alert is not there any more."))
    if not alert.wants_a_reason:
        raise Refused(_("This alert cannot be set aside."))
    return alert


def note_fired(prescription: Prescription, found: Iterable[Alert]) -> None:
    """Keep which alerts stood in the way, so that useless ones can be cut (R81)."""
    now = timezone.now()
    rows = [
        AlertFired(
            organization_id=prescription.organization_id,
            prescription=prescription,
            alert_key=alert.key,
            rule=alert.rule,
            severity=alert.severity,
            at=now,
        )
        for alert in found
        if alert.blocks or alert.wants_a_reason
    ]
    AlertFired.objects.bulk_create(rows, ignore_conflicts=True)


def _from_the_portal(prescription: Prescription, today: date) -> list[MedicineFact]:
    """Medicines signed here that the HIS may not know yet."""
    lines = MedicationRequest.objects.filter(
        patient_id=prescription.patient_id,
        status=MedicationRequest.Status.ACTIVE,
        prescription__status__in=IN_FORCE,
    )
    lines = lines.exclude(prescription=prescription).select_related("medication", "prescription")
    facts = map(_fact, lines)
    return [fact for fact in facts if not _is_over(fact, today)]


def _fact(line: MedicationRequest) -> MedicineFact:
    signed_at = line.prescription.signed_at
    return MedicineFact(
        text=f"{line.medication.name_en} {line.medication.strength} {line.medication.name_zh}",
        atc=line.medication.atc,
        status=line.status,
        authored=timezone.localdate(signed_at) if signed_at else None,
        days_supply=line.days,
        reference=f"urn:uuid:{line.pk}",
    )


def _is_over(fact: MedicineFact, today: date) -> bool:
    if fact.authored is None or fact.days_supply is None:
        return False
    return fact.authored + timedelta(days=fact.days_supply) + LEFTOVER < today
