"""The kept boxes are not there, and she has paid: another lot, a day, or the money (R89)."""

from __future__ import annotations

from datetime import date

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.organization import directory
from portal.workflow import Refused
from refill import handing, holding, stocking, telling
from refill.models import MedicationDispense, Shortage, StockItem
from refill.workflow import not_the_pharmacist

OUT_OF_STOCK = "out-of-stock"


class Outcome(models.TextChoices):
    """What becomes of a paid fill whose boxes are missing."""

    OTHER_LOT = "other-lot", gettext_lazy("Take boxes of another lot")
    DATE = "date", gettext_lazy("It comes on another day")
    REFUND = "refund", gettext_lazy("Pay the money back")


@transaction.atomic
def lack(
    actor: Actor, dispense: MedicationDispense, outcome: str, promised_on: date | None = None
) -> MedicationDispense:
    """Say what becomes of it; the resident is told of a day and of a refund. Raises Refused."""
    dispense = holding.fill_and_bill(dispense)
    if refusal := not_the_pharmacist(actor, dispense) or _not_to_pack(dispense):
        raise Refused(refusal)
    stocking.release(dispense.line)
    if outcome == Outcome.OTHER_LOT:
        stocking.reserve(dispense.line, dispense.product)
        journal.write(actor, "other-lot", dispense)
    elif outcome == Outcome.DATE:
        _promise(actor, dispense, promised_on)
    else:
        handing.decline(actor, dispense, OUT_OF_STOCK)
    return dispense


@transaction.atomic
def serve_waiting(item: StockItem) -> int:
    """New boxes came: who waits longest for this medicine gets them kept; how many fills did."""
    stocking.hold(stocking.shelf(item.organization_id, item.medication_id))
    waiting = for_update(Shortage.objects).filter(
        resolved_at=None,
        promised_on__isnull=False,
        line__organization_id=item.organization_id,
        line__medication_id=item.medication_id,
    )
    served = 0
    for row in waiting.select_related("line__medication").order_by("created", "pk"):
        if stocking.try_to_reserve(row.line):
            row.resolved_at = timezone.now()
            row.save(update_fields=["resolved_at"])
            served += 1
    return served


def _promise(actor: Actor, dispense: MedicationDispense, promised_on: date | None) -> None:
    if promised_on is None or promised_on <= directory.today(dispense.organization_id):
        raise Refused(_("Choose a day that is still to come."))
    Shortage.objects.update_or_create(
        line=dispense.line, defaults={"promised_on": promised_on, "resolved_at": None}
    )
    journal.write(actor, "promise", dispense, day=promised_on.isoformat())
    telling.late(dispense, promised_on)


def _not_to_pack(dispense: MedicationDispense) -> str | None:
    if dispense.status != MedicationDispense.Status.PREPARATION:
        return _("This is already: %(status)s.") % {"status": dispense.get_status_display()}
    return None
