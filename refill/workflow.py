"""The states of a review and of a dispense."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.workflow import Transition, Workflow, anyone
from refill.models import MedicationDispense, PrescriptionReview

PENDING, PASSED, RETURNED, REFUSED, LAPSED = PrescriptionReview.Status
PREPARATION, IN_PROGRESS, COMPLETED, DECLINED, CANCELLED = MedicationDispense.Status


def not_the_pharmacist(actor: Actor, row: PrescriptionReview | MedicationDispense) -> str | None:
    if actor.role != User.Role.PHARMACIST or actor.organization_id != row.organization_id:
        return _("Only a pharmacist of this centre can do this.")
    return None


def their_own_prescription(actor: Actor, review: PrescriptionReview) -> str | None:
    if actor.user_id == review.prescriber.user_id:
        return _("Nobody reviews their own prescription.")
    return not_the_pharmacist(actor, review)


REVIEW = Workflow(
    "review",
    Transition("pass", (PENDING,), PASSED, their_own_prescription),
    Transition("return", (PENDING,), RETURNED, their_own_prescription),
    Transition("refuse", (PENDING,), REFUSED, their_own_prescription),
    Transition("lapse", (PENDING,), LAPSED, anyone),
)

DISPENSE = Workflow(
    "dispense",
    Transition("pack", (PREPARATION,), IN_PROGRESS, not_the_pharmacist),
    Transition("hand-over", (IN_PROGRESS,), COMPLETED, anyone),
    Transition("decline", (PREPARATION, IN_PROGRESS), DECLINED, anyone),
    Transition("cancel", (PREPARATION,), CANCELLED, anyone),
)
