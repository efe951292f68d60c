"""When the last fill of a choice is packed, there is a parcel."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from delivery import choosing, moving, telling
from delivery.models import DeliveryChoice, DeliveryStep, ParcelLine, SupplyDelivery
from delivery.models.parcel import ABANDONED, Holder
from portal.accounts.actor import SYSTEM
from portal.audit import journal
from portal.locking import for_update
from portal.payment.models import ChargeItem, Invoice
from portal.record.models import MedicationRequest
from portal.rounds import each
from refill.models import MedicationDispense

PREPARATION, IN_PROGRESS = (
    MedicationDispense.Status.PREPARATION, MedicationDispense.Status.IN_PROGRESS
)  # fmt: skip
Step = DeliveryStep.Name


def choice_of(dispense: MedicationDispense) -> DeliveryChoice | None:
    """What the resident chose for the bill that charges this fill."""
    charged = ChargeItem.objects.filter(
        kind=ChargeItem.Kind.MEDICINE,
        entity=MedicationRequest._meta.label,
        entity_id=str(dispense.line_id),
        withdrawn_at=None,
    )
    return DeliveryChoice.objects.filter(invoice__in=charged.values("invoice")).first()


def carried(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these fills were to be brought, by what was chosen for the bill of their line."""
    fills = dict(MedicationDispense.objects.filter(pk__in=ids).values_list("pk", "line_id"))
    charged = ChargeItem.objects.filter(
        kind=ChargeItem.Kind.MEDICINE,
        entity=MedicationRequest._meta.label,
        entity_id__in=[str(line) for line in fills.values()],
        withdrawn_at=None,
    )
    brought = DeliveryChoice.objects.exclude(mode=DeliveryChoice.Mode.PICK_UP).values("invoice")
    lines = set(charged.filter(invoice__in=brought).values_list("entity_id", flat=True))
    return {pk for pk, line in fills.items() if str(line) in lines}


@transaction.atomic
def when_all_packed(choice: DeliveryChoice) -> SupplyDelivery | None:
    """The parcel of this choice, made now if its last fill is packed; None before that."""
    choice = for_update(DeliveryChoice.objects).get(pk=choice.pk)
    fills = _fills(choice)
    packed = [fill for fill in fills if fill.status == IN_PROGRESS]
    if not choice.is_brought or not packed or any(fill.status == PREPARATION for fill in fills):
        return None
    return _make(choice, packed)


def make_waiting() -> int:
    """Parcels whose last open fill was declined instead of packed; how many were made."""
    waiting = DeliveryChoice.objects.filter(
        invoice__status=Invoice.Status.BALANCED, parcels=None
    ).exclude(mode=DeliveryChoice.Mode.PICK_UP)
    return each(waiting, when_all_packed)


def _fills(choice: DeliveryChoice) -> list[MedicationDispense]:
    """The fills of this choice that travel in no parcel yet."""
    lines = choosing.medicines_of(choice.invoice)
    fills = MedicationDispense.objects.filter(line__in=lines).order_by("pk")
    fills = fills.exclude(pk__in=ParcelLine.objects.values("dispense"))
    return list(fills.select_related("line__medication", "packed_by"))


def _make(choice: DeliveryChoice, packed: list[MedicationDispense]) -> SupplyDelivery:
    last = choice.parcels.filter(replaced_by=None).order_by("-created").first()
    start, end = _promise(choice)
    parcel = SupplyDelivery.objects.create(
        organization_id=choice.organization_id,
        patient_id=choice.patient_id,
        choice=choice,
        replaces=last if last and last.stage in ABANDONED else None,
        seal_numbers=sorted({fill.seal_number for fill in packed}),
        is_cold=choosing.is_cold([fill.line for fill in packed]),
        window_start=start,
        window_end=end,
    )
    ParcelLine.objects.bulk_create(ParcelLine(parcel=parcel, dispense=fill) for fill in packed)
    _steps(parcel, packed)
    moving.keep(parcel, Holder.COUNTER)
    journal.write(SYSTEM, "make-parcel", parcel, after=parcel.stage, lines=len(packed))
    telling.resident("parcel-packed", parcel)
    moving.tell_the_pages(parcel)
    return parcel


def _promise(choice: DeliveryChoice) -> tuple[datetime, datetime]:
    """The promised time; when that has passed already, the next one there is."""
    now = timezone.now()
    start, end = choice.window_start or now, choice.window_end or now
    following = next(iter(choosing.windows(choice.organization, now)), None)
    if end > now or following is None:
        return start, end
    return following.start, following.end


def _steps(parcel: SupplyDelivery, packed: list[MedicationDispense]) -> None:
    """What the counter wrote down of these fills, as steps of the parcel (R94)."""
    at, last = max((fill.packed_at or fill.created, fill.pk) for fill in packed)
    by = next(fill.packed_by for fill in packed if fill.pk == last)
    done = {
        Step.PICKED: all(fill.lots.exists() for fill in packed),
        Step.CHECKED: all(fill.checks for fill in packed),
        Step.PACKED: all(fill.packed_at for fill in packed),
        Step.SEALED: all(fill.seal_number for fill in packed),
    }
    DeliveryStep.objects.bulk_create(
        DeliveryStep(
            parcel=parcel, name=name, at=at, by=by,
            place=str(parcel.organization)[:100],
        )
        for name, is_done in done.items()
        if is_done
    )  # fmt: skip
