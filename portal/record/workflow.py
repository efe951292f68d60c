"""The life of a prescription (R50): who may take it which step."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.record.models import Prescription
from portal.workflow import Transition, Workflow, anyone

S = Prescription.Status


def not_the_prescriber(actor: Actor, row: Prescription) -> str | None:
    if actor.user_id is None or actor.user_id != row.practitioner.user_id:
        return _("Only the doctor who receives this patient may do this.")
    return None


def not_the_reviewer(actor: Actor, row: Prescription) -> str | None:
    """A pharmacist of the centre, and never the prescriber (R83)."""
    if actor.role != User.Role.PHARMACIST or actor.organization_id != row.organization_id:
        return _("Only a pharmacist of this centre may review a prescription.")
    if actor.user_id == row.practitioner.user_id:
        return _("Nobody reviews their own prescription.")
    return None


def not_the_clock(actor: Actor, row: Prescription) -> str | None:
    return None if actor.user_id is None else _("A prescription expires by the clock only.")


PRESCRIPTION = Workflow(
    "prescription",
    Transition("sign", (S.DRAFT,), S.SIGNED, not_the_prescriber),
    Transition("pass", (S.SIGNED,), S.EFFECTIVE, not_the_reviewer),
    Transition("return", (S.SIGNED,), S.RETURNED, not_the_reviewer),
    Transition("refuse", (S.SIGNED,), S.REFUSED, not_the_reviewer),
    Transition("revise", (S.RETURNED,), S.DRAFT, not_the_prescriber),
    Transition("cancel", (S.DRAFT, S.SIGNED, S.EFFECTIVE), S.CANCELLED, not_the_prescriber),
    Transition("expire", (S.SIGNED, S.EFFECTIVE), S.EXPIRED, not_the_clock),
    Transition("complete", (S.EFFECTIVE,), S.COMPLETED, anyone),  # the last hand-over does it
)
