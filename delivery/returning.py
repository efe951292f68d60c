"""The way back: at the counter again, put aside, destroyed by two, or lost (R98, R100)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from delivery import contents, moving, settling, telling
from delivery.chilling import spoiled
from delivery.models import DeliveryAttempt, DeliveryStep, SupplyDelivery
from delivery.models.parcel import Stage
from delivery.workflow import COUNTER, not_at_this_centre
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.workflow import Refused

Step = DeliveryStep.Name
Reason = DeliveryAttempt.Reason
NOT_TO_BE_HELD = (
    Reason.DAMAGED, Reason.SEAL_BROKEN, Reason.TOO_WARM, Reason.REFUSED, Reason.RECALLED,
    Reason.CALLED_BACK,
)  # fmt: skip
ON_THE_ROAD = (Stage.OUT, Stage.RESCHEDULED)
IN_REACH = (Stage.PACKED, Stage.ASSIGNED, Stage.RETURNED)


@transaction.atomic
def call_back(
    actor: Actor, parcel: SupplyDelivery, reason: str = Reason.CALLED_BACK
) -> SupplyDelivery:
    """Nobody may have it any more: put aside where it lies, or brought back by its courier.

    The resident and the courier hear it now, and what the resident gets instead is opened.
    Asked again, or for what has ended or comes back already, nothing changes.
    """
    row = moving.locked(parcel)
    if row.stage in ON_THE_ROAD:
        row = moving.move("call-back", row, actor, stage_reason=reason)
        telling.resident("parcel-called-back", row)
        telling.courier(row, row.courier)
    elif row.stage in IN_REACH:
        was_coming = row.courier if row.stage == Stage.ASSIGNED else None
        row = moving.move(
            "withhold", row, actor, step=Step.QUARANTINED, stage_reason=reason, courier=None
        )
        telling.resident("parcel-put-aside", row)
        telling.courier(row, was_coming)
    else:
        return row
    settling.open_case(row)
    return row


@transaction.atomic
def receive(actor: Actor, parcel: SupplyDelivery, *, seal_intact: bool) -> SupplyDelivery:
    """The courier gives it back at the counter.

    Before its second time it waits on the shelf; else the resident may collect it, or, with
    a broken seal or out of the cold, it is put aside at once. Raises Refused.
    """
    row = moving.locked(parcel)
    if row.stage == Stage.RESCHEDULED and seal_intact and not row.is_cold:
        return moving.move("hold", row, actor, step=Step.RETURNED, courier=None)
    if row.stage == Stage.RESCHEDULED:
        raise Refused(_("Note what is wrong with it at the door first."))
    row = moving.move("receive", row, actor, step=Step.RETURNED)
    settling.open_case(row)
    if not seal_intact or row.is_cold or row.stage_reason in NOT_TO_BE_HELD or not_whole(row):
        return quarantine(actor, row)
    telling.resident("parcel-held", row)
    return row


def not_whole(row: SupplyDelivery) -> bool:
    """Was it too warm, or is a medicine in it recalled or no longer for its resident?"""
    return spoiled(row) or contents.recalled(row) or contents.withdrawn(row)


@transaction.atomic
def quarantine(actor: Actor, parcel: SupplyDelivery) -> SupplyDelivery:
    """Nobody gets it any more (R100). Raises Refused."""
    row = moving.move("quarantine", moving.locked(parcel), actor, step=Step.QUARANTINED)
    settling.open_case(row)
    telling.resident("parcel-put-aside", row)
    return row


@transaction.atomic
def destroy(actor: Actor, parcel: SupplyDelivery) -> SupplyDelivery:
    """The first person begins, the second one confirms; the same person twice is refused."""
    row = moving.locked(parcel)
    if row.destroyed_by_id is not None:
        row = moving.move(
            "destroy", row, actor, step=Step.DESTROYED, witnessed_by=actor.user, courier=None
        )
        telling.resident("parcel-destroyed", row)
        return row
    if row.stage != Stage.QUARANTINED:
        raise Refused(_("This is already: %(status)s.") % {"status": row.get_stage_display()})
    if actor.role not in COUNTER or not_at_this_centre(actor, row):
        raise Refused(_("Only the centre can do this."))
    row.destroyed_by = actor.user
    row.save(update_fields=["destroyed_by"])
    journal.write(actor, "begin-destroy", row)
    return row


@transaction.atomic
def lose(actor: Actor, parcel: SupplyDelivery) -> SupplyDelivery:
    """It cannot be found: the resident hears it now, and gets another before running out."""
    row = moving.move("lose", moving.locked(parcel), actor, step=Step.LOST, stage_reason="lost")
    settling.open_case(row)
    telling.resident("parcel-lost", row)
    return row
