"""What came back from the pharmacist: its doctor corrects it and signs anew (R84)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from portal.accounts.actor import Actor
from portal.record import prescribing
from portal.record.models import AlertOverride, MedicationRequest, Prescription
from portal.record.signing import SigningKey


@dataclass(frozen=True, slots=True)
class Change:
    """How one line is to read: taken off, or with this dose, these days, these words."""

    line: uuid.UUID
    is_dropped: bool
    dose: Decimal
    days: int
    instruction: str


@transaction.atomic
def correct(
    actor: Actor,
    prescription: Prescription,
    changes: Sequence[Change],
    key: SigningKey,
    *,
    reason: str = "",
    confirmed_as_of: datetime | None = None,
) -> Prescription:
    """Change the lines and sign, all or nothing; a new review begins with the signature.

    `reason` answers every alert that asks for one. Raises Refused, Blocked and NotConfirmed;
    then it is still as it came back.
    """
    row = prescribing.revise(actor, prescription)
    lines = {line.pk: line for line in row.lines.select_related("medication", "frequency")}
    for change in changes:
        if change.line in lines:
            _change(actor, row, lines[change.line], change)
    if reason.strip():
        for alert in prescribing.unanswered(row, prescribing.alerts(row)):
            if alert.wants_a_reason:
                prescribing.override(actor, row, alert.key, AlertOverride.Reason.OTHER, reason)
    return prescribing.sign(actor, row, key, confirmed_as_of=confirmed_as_of)


def _change(actor: Actor, row: Prescription, line: MedicationRequest, change: Change) -> None:
    """Written anew, with everything about it that stays."""
    now = (change.dose, change.days, change.instruction)
    if not change.is_dropped and now == (line.dose, line.days, line.instruction):
        return
    prescribing.remove_line(actor, row, line.pk)
    if change.is_dropped:
        return
    prescribing.add_line(
        actor, row, line.medication, change.dose, line.frequency, change.days,
        dose_unit=line.dose_unit, days_reason=line.days_reason, instruction=change.instruction,
        continues=line.continues, prior_prescription=line.prior_prescription,
        number_of_repeats_allowed=line.number_of_repeats_allowed,
        course_of_therapy=line.course_of_therapy,
    )  # fmt: skip
