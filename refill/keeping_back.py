"""A sealed bag at the counter that must not be given after all (R88, R100)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.locking import for_update
from portal.workflow import Refused
from refill import collecting, handing
from refill.models import MedicationDispense, PickUp, StockItem
from refill.workflow import PICK_UP, not_the_pharmacist

IN_PROGRESS = MedicationDispense.Status.IN_PROGRESS


@transaction.atomic
def keep_back(actor: Actor, dispense: MedicationDispense, reason: str) -> MedicationDispense:
    """The doctor took it back, or a lot is recalled: quarantine, money back, the resident is told.

    Said again, nothing more happens. Raises Refused for what is not sealed or is on its way.
    """
    if refusal := not_the_pharmacist(actor, dispense):
        raise Refused(refusal)
    if not reason.strip():
        raise Refused(_("Say why."))
    pick_up = _held(dispense)  # before the fill, as who hands over
    if refusal := _not_at_the_counter(dispense):
        raise Refused(refusal)
    kept = handing.decline(actor, dispense, reason.strip())
    if pick_up and not collecting.waiting(pick_up):
        PICK_UP.apply("withdraw", pick_up, actor=actor, closed_at=timezone.now())
    return kept


def to_keep_back(pick_ups: Iterable[PickUp]) -> list[MedicationDispense]:
    """The sealed bags of these residents at the counter that hold boxes of a recalled lot (R88)."""
    rows = list(pick_ups)
    found = MedicationDispense.objects.filter(
        patient_id__in=[row.patient_id for row in rows],
        organization_id__in=[row.organization_id for row in rows],
        status=IN_PROGRESS,
        lots__item__status=StockItem.Status.RECALLED,
    )
    bags = list(found.distinct())
    brought = collecting.carried([bag.pk for bag in bags])
    return [bag for bag in bags if bag.pk not in brought]


def _held(dispense: MedicationDispense) -> PickUp | None:
    whose = {"patient_id": dispense.patient_id, "organization_id": dispense.organization_id}
    return for_update(PickUp.objects.waiting()).filter(**whose).first()


def _not_at_the_counter(dispense: MedicationDispense) -> str | None:
    dispense.refresh_from_db(fields=["status"])
    if dispense.status not in (IN_PROGRESS, MedicationDispense.Status.DECLINED):
        return _("This is already: %(status)s.") % {"status": dispense.get_status_display()}
    if collecting.carried([dispense.pk]):
        return _("A courier brings it: call the parcel back.")
    return None
