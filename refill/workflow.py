"""The states of a request, of a review and of a dispense."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.workflow import Transition, Workflow, anyone
from refill.models import MedicationDispense, PickUp, PrescriptionReview, RefillRequest

PENDING, PASSED, RETURNED, REFUSED, LAPSED = PrescriptionReview.Status
OPEN, STOPPED, COLLECTED, WITHDRAWN = PickUp.Status
PREPARATION, IN_PROGRESS, COMPLETED, DECLINED, CANCELLED = MedicationDispense.Status

Row = PrescriptionReview | MedicationDispense | PickUp


def not_the_pharmacist(actor: Actor, row: Row) -> str | None:
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


def not_the_resident(actor: Actor, row: PickUp) -> str | None:
    if actor.user_id is None or actor.user_id != row.patient.user_id:
        return _("Only the resident can do this.")
    return None


DISPENSE = Workflow(
    "dispense",
    Transition("pack", (PREPARATION,), IN_PROGRESS, not_the_pharmacist),
    Transition("hand-over", (IN_PROGRESS,), COMPLETED, anyone),
    Transition("decline", (PREPARATION, IN_PROGRESS), DECLINED, anyone),
    Transition("cancel", (PREPARATION,), CANCELLED, anyone),
)


ASKED = RefillRequest.Status
UNDECIDED = RefillRequest.UNDECIDED
DESK = (User.Role.REGISTRAR, User.Role.PHARMACIST)


def not_their_doctor(actor: Actor, row: RefillRequest) -> str | None:
    """The family doctor, or the colleague who stands in."""
    doctors = [row.patient.general_practitioner, row.performer]
    if actor.user_id is None or actor.user_id not in [d.user_id for d in doctors if d]:
        return _("Only the resident's own doctor can do this.")
    return None


def not_theirs_to_take_back(actor: Actor, row: RefillRequest) -> str | None:
    """Whoever the medicine is for, the desk that wrote it down, and the doctor."""
    own = actor.role == User.Role.RESIDENT and row.patient.user_id == actor.user_id
    desk = actor.role in DESK and row.organization_id == actor.organization_id
    return None if own or desk else not_their_doctor(actor, row)


REFILL = Workflow(
    "refill",
    Transition("accept", UNDECIDED, ASKED.ACCEPTED, not_their_doctor),
    Transition("approve", (*UNDECIDED, ASKED.ACCEPTED), ASKED.IN_PROGRESS, not_their_doctor),
    Transition("hold", (ASKED.REQUESTED,), ASKED.ON_HOLD, not_their_doctor),
    Transition("reject", (*UNDECIDED, ASKED.ACCEPTED), ASKED.REJECTED, not_their_doctor),
    Transition("cancel", (*UNDECIDED, ASKED.ACCEPTED), ASKED.CANCELLED, not_theirs_to_take_back),
    Transition("return", (ASKED.IN_PROGRESS,), ASKED.REQUESTED, anyone),
    Transition("fail", (ASKED.ACCEPTED, ASKED.IN_PROGRESS), ASKED.FAILED, anyone),
    Transition("complete", (ASKED.IN_PROGRESS,), ASKED.COMPLETED, anyone),
)

PICK_UP = Workflow(
    "pick-up",
    Transition("stop", (OPEN,), STOPPED, not_the_pharmacist),
    Transition("renew", (STOPPED,), OPEN, not_the_resident),
    Transition("collect", (OPEN,), COLLECTED, not_the_pharmacist),
    Transition("withdraw", (OPEN, STOPPED), WITHDRAWN, not_the_pharmacist),
)
