"""How a prescription ends or is taken up again: cancelled, extended, expired, revised (R51)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.outbox import putting
from portal.record.models import MedicationRequest, Prescription
from portal.record.prescribing.refusing import held, words
from portal.record.prescribing.signing_off import end_of_validity
from portal.record.workflow import PRESCRIPTION, not_the_prescriber
from portal.rounds import each
from portal.terminology import parameters
from portal.workflow import Refused

EXTENDABLE = (Prescription.Status.SIGNED, Prescription.Status.EFFECTIVE)

Hook = Callable[[Actor, Prescription, str], None]
_hooks: list[Hook] = []


def before_ending(hook: Hook) -> None:
    """Call `hook(actor, prescription, how)` before one is "cancelled" or "expired".

    The row is locked and nothing is journaled yet; a hook that raises Refused keeps it in force.
    """
    if hook not in _hooks:
        _hooks.append(hook)


@transaction.atomic
def cancel(actor: Actor, prescription: Prescription, reason: str) -> Prescription:
    """The doctor takes the prescription back. Raises Refused."""
    row = held(prescription)
    if row.status == Prescription.Status.CANCELLED:
        return row
    why = words(reason, 200)
    if refusal := PRESCRIPTION.refusal("cancel", row, actor):
        raise Refused(refusal)
    _before(actor, row, "cancelled")
    row.lines.update(status=MedicationRequest.Status.CANCELLED)
    done: Prescription = PRESCRIPTION.apply("cancel", row, actor=actor, status_reason=why)
    take_back(row)
    return done


@transaction.atomic
def revise(actor: Actor, prescription: Prescription) -> Prescription:
    """Open a returned prescription again; its signed version stays as it was. Raises Refused."""
    row = held(prescription)
    if refusal := PRESCRIPTION.refusal("revise", row, actor):
        raise Refused(refusal)
    row.lines.update(status=MedicationRequest.Status.DRAFT)
    done: Prescription = PRESCRIPTION.apply("revise", row, actor=actor)
    return done


@transaction.atomic
def extend(actor: Actor, prescription: Prescription, days: int, note: str) -> Prescription:
    """Let it stand for `days` days in all, at most three, with a note (R51). Raises Refused."""
    row = held(prescription)
    if refusal := not_the_prescriber(actor, row):
        raise Refused(refusal)
    if row.status not in EXTENDABLE or row.signed_at is None or row.valid_until is None:
        raise Refused(_("Only a signed prescription can be extended."))
    most = parameters.value("rx.valid_days_max")
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= most:
        raise Refused(_("A prescription is valid for at most %(most)s days.") % {"most": most})
    until = end_of_validity(row.signed_at, days, row.organization.zone)
    if until <= max(row.valid_until, timezone.now()):
        raise Refused(_("It is valid for as long already, or has expired."))
    row.valid_until, row.extension_note = until, words(note, 200)
    row.save(update_fields=["valid_until", "extension_note"])
    journal.write(actor, "extend", row, days=days)
    return row


def late(now: datetime | None = None) -> QuerySet[Prescription]:
    """Passed prescriptions whose time is over."""
    moment = now or timezone.now()
    return Prescription.objects.filter(status=Prescription.Status.EFFECTIVE, valid_until__lt=moment)


def expire_due(now: datetime | None = None) -> int:
    """End what was not taken up in its time; how many were. Run by the clock (R51)."""
    moment = now or timezone.now()
    due = Prescription.objects.filter(
        status=Prescription.Status.SIGNED, valid_until__lt=moment
    ).order_by("valid_until")
    return each(due.iterator(), expire, moment)


@transaction.atomic
def expire(prescription: Prescription, now: datetime | None = None) -> bool:
    """End one that was passed and not taken up, or not even passed (R51); False: not now."""
    row = held(prescription)
    late = row.valid_until is not None and row.valid_until < (now or timezone.now())
    if row.status not in EXTENDABLE or not late:
        return False  # somebody was quicker
    _before(SYSTEM, row, "expired")
    row.lines.update(status=MedicationRequest.Status.CANCELLED)
    PRESCRIPTION.apply("expire", row, actor=SYSTEM, status_reason="expired")
    take_back(row)
    return True


def _before(actor: Actor, row: Prescription, how: str) -> None:
    for hook in _hooks:
        hook(actor, row, how)


def take_back(row: Prescription) -> None:
    """Tell the HIS that what it was told does not count any more."""
    signed = row.signed
    if signed is not None:
        putting.put(
            "his.prescription",
            row.organization_id,
            lane=str(row.patient_id),
            payload={"prescription": str(row.pk), "status": "cancelled"},
            key=uuid.uuid5(signed.pk, "cancel"),
            priority=1,
        )
