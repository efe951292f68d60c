"""The way of a parcel, as a table with its guards, and the case of one that did not arrive."""

from __future__ import annotations

from django.utils.translation import gettext as _

from delivery.models import DeliveryStep, RefundOrReplace, SupplyDelivery
from delivery.models.parcel import ABANDONED, CARRIED, Stage
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.workflow import Transition, Workflow

(
    PACKED, ASSIGNED, OUT, ATTEMPT_FAILED, RESCHEDULED, RETURNING, RETURNED, QUARANTINED,
    DESTROYED, LOST, DELIVERED,
) = Stage  # fmt: skip
Step = DeliveryStep.Name
AT_THE_COUNTER = (Step.PICKED, Step.CHECKED, Step.PACKED, Step.SEALED)
COUNTER = (User.Role.PHARMACIST, User.Role.MANAGER)


def not_at_this_centre(actor: Actor, parcel: SupplyDelivery) -> str | None:
    if actor.organization_id != parcel.organization_id:
        return _("This parcel belongs to another centre.")
    return None


def not_the_courier(actor: Actor, parcel: SupplyDelivery) -> str | None:
    if actor.user_id is None or actor.user_id != parcel.courier_id:
        return _("Another courier carries this parcel.")
    return None


def not_the_counter(actor: Actor, parcel: SupplyDelivery) -> str | None:
    """The pharmacist of the centre takes parcels back (R98, R100)."""
    if actor.role != User.Role.PHARMACIST:
        return _("Only a pharmacist of this centre can do this.")
    return not_at_this_centre(actor, parcel)


def not_the_dispatcher(actor: Actor, parcel: SupplyDelivery) -> str | None:
    """A courier for themselves; the counter and the manager for others."""
    if actor.role not in (User.Role.COURIER, *COUNTER):
        return _("Only the centre or its courier can do this.")
    return not_at_this_centre(actor, parcel)


def cannot_release(actor: Actor, parcel: SupplyDelivery) -> str | None:
    if actor.role == User.Role.COURIER:
        return not_the_courier(actor, parcel)
    return not_the_dispatcher(actor, parcel)


def proof_or_step_missing(actor: Actor, parcel: SupplyDelivery) -> str | None:
    """Handed over only with its proof and every step before it (R94, R96)."""
    steps = set(parcel.steps.values_list("name", flat=True))
    needed = (*AT_THE_COUNTER, Step.COLLECTED)
    if missing := [name for name in needed if name not in steps]:
        return _("A step of this parcel is missing: %(step)s.") % {"step": missing[0].label}
    if getattr(parcel, "proof", None) is None:
        return _("Without the code or a signature it is not handed over.")
    return None


def not_proved_by_the_courier(actor: Actor, parcel: SupplyDelivery) -> str | None:
    return not_the_courier(actor, parcel) or proof_or_step_missing(actor, parcel)


def not_proved_at_the_counter(actor: Actor, parcel: SupplyDelivery) -> str | None:
    return not_the_counter(actor, parcel) or proof_or_step_missing(actor, parcel)


def not_two_people(actor: Actor, parcel: SupplyDelivery) -> str | None:
    """Two names stand under a destruction (R100)."""
    if actor.role not in COUNTER:
        return _("Only the centre can do this.")
    if parcel.destroyed_by_id is None:
        return _("Somebody has to begin, and a second person confirms.")
    if parcel.destroyed_by_id == actor.user_id:
        return _("A second person has to confirm this.")
    return not_at_this_centre(actor, parcel)


def not_to_be_called_back(actor: Actor, parcel: SupplyDelivery) -> str | None:
    """The portal, when a fill in it ended or a lot was recalled; a pharmacist for any reason."""
    return None if actor.user_id is None else not_the_counter(actor, parcel)


def not_theirs_to_lose(actor: Actor, parcel: SupplyDelivery) -> str | None:
    if actor.role == User.Role.COURIER:
        return not_the_courier(actor, parcel)
    return not_the_dispatcher(actor, parcel)


def still_on_its_way(actor: Actor, case: RefundOrReplace) -> str | None:
    """What is paid back or sent again must never arrive as well."""
    if actor.role not in COUNTER or actor.organization_id != case.organization_id:
        return _("Only the centre can do this.")
    if case.parcel.stage not in ABANDONED:
        return _("Put the parcel aside first: it could still be handed over.")
    return None


def not_handed_over(actor: Actor, case: RefundOrReplace) -> str | None:
    if case.parcel.stage != DELIVERED:
        return _("It has not been handed over.")
    return None


SUPPLY_DELIVERY = Workflow(
    "parcel",
    Transition("assign", (PACKED,), ASSIGNED, not_the_dispatcher),
    Transition("release", (ASSIGNED,), PACKED, cannot_release),
    Transition("start", (ASSIGNED, RESCHEDULED), OUT, not_the_courier),
    Transition("deliver", (OUT,), DELIVERED, not_proved_by_the_courier),
    Transition("fail", (OUT,), ATTEMPT_FAILED, not_the_courier),
    Transition("reschedule", (ATTEMPT_FAILED,), RESCHEDULED, not_the_courier),
    Transition("return", (ATTEMPT_FAILED,), RETURNING, not_the_courier),
    Transition("hold", (RESCHEDULED,), PACKED, not_the_counter),
    Transition("call-back", (OUT, RESCHEDULED), RETURNING, not_to_be_called_back),
    Transition("withhold", (PACKED, ASSIGNED, RETURNED), QUARANTINED, not_to_be_called_back),
    Transition("receive", (RETURNING,), RETURNED, not_the_counter),
    Transition("collect", (RETURNED,), DELIVERED, not_proved_at_the_counter),
    Transition("quarantine", (RETURNED, PACKED), QUARANTINED, not_the_counter),
    Transition("destroy", (QUARANTINED,), DESTROYED, not_two_people),
    Transition("lose", (PACKED, *CARRIED, RETURNED, QUARANTINED), LOST, not_theirs_to_lose),
    field="stage",
)

CASE = Workflow(
    "refund-or-replace",
    Transition(
        "refund",
        (RefundOrReplace.Status.REQUESTED,),
        RefundOrReplace.Status.COMPLETED,
        still_on_its_way,
    ),
    Transition(
        "replace",
        (RefundOrReplace.Status.REQUESTED,),
        RefundOrReplace.Status.COMPLETED,
        still_on_its_way,
    ),
    Transition(
        "collect",
        (RefundOrReplace.Status.REQUESTED,),
        RefundOrReplace.Status.COMPLETED,
        not_handed_over,
    ),
)
