"""What must always hold of parcels: one custodian, one proof, everybody told, nothing forgotten."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, Q

from delivery.models import Custody, DeliveryChoice, Proof, RefundOrReplace, SupplyDelivery
from delivery.models.parcel import ABANDONED, Stage
from delivery.workflow import CASE, SUPPLY_DELIVERY
from portal.invariants import files_without_match, keeps, steps_off_the_edges
from portal.notification.models import Notification
from portal.payment.models import ChargeItem

TOLD = {
    Stage.DELIVERED: "parcel-delivered",
    Stage.LOST: "parcel-lost",
    Stage.QUARANTINED: "parcel-put-aside",
    Stage.DESTROYED: "parcel-destroyed",
}


@keeps("I9")
def fees_that_differ_from_the_choice() -> int:
    """A delivery line of another amount than was chosen, or one that insurance pays (R103)."""
    fees = ChargeItem.objects.filter(kind=ChargeItem.Kind.DELIVERY, withdrawn_at=None)
    chosen = {str(pk): fee for pk, fee in DeliveryChoice.objects.values_list("pk", "fee_minor")}
    return sum(
        line.amount_minor != chosen.get(line.entity_id) or line.cash_minor != line.amount_minor
        for line in fees.iterator(chunk_size=500)
    )


@keeps("I11")
def steps_off_their_edges() -> int:
    return steps_off_the_edges(SupplyDelivery._meta.label, SUPPLY_DELIVERY) + steps_off_the_edges(
        RefundOrReplace._meta.label, CASE
    )


@keeps("I11")
def parcels_without_their_proof() -> int:
    """Handed over without a proof, or a proof of what was never handed over."""
    parcels = SupplyDelivery.objects.annotate(
        proved=Exists(Proof.objects.filter(parcel=OuterRef("pk")))
    )
    handed = Q(stage=Stage.DELIVERED)
    return parcels.filter((handed & Q(proved=False)) | (~handed & Q(proved=True))).count()


@keeps("I11")
def parcels_without_one_custodian() -> int:
    """Not exactly one open line of custody, or one that says another holder than the parcel."""
    open_ones = Custody.objects.filter(parcel=OuterRef("pk"), until=None)
    alone = open_ones.order_by().values("parcel").annotate(n=Count("pk")).filter(n=1)
    same = open_ones.filter(holder=OuterRef("holder")).filter(
        Q(user=OuterRef("courier")) | ~Q(holder="courier")
    )
    return SupplyDelivery.objects.exclude(Exists(alone) & Exists(same)).count()


@keeps("I11")
def ends_without_a_case() -> int:
    """It did not arrive, and nobody was asked what the resident gets instead."""
    case = RefundOrReplace.objects.filter(parcel=OuterRef("pk"))
    return SupplyDelivery.objects.filter(stage__in=ABANDONED).exclude(Exists(case)).count()


@keeps("I11")
def ends_nobody_was_told() -> int:
    """A parcel at an end, and no notice of it to the resident who has an account."""
    silent = 0
    for stage, kind in TOLD.items():
        rows = SupplyDelivery.objects.filter(stage=stage, patient__user__isnull=False)
        told = Notification.objects.filter(kind=kind).values_list("context__parcel", flat=True)
        silent += len({str(pk) for pk in rows.values_list("pk", flat=True)} - set(told))
    return silent


@keeps("I11")
def more_attempts_than_counted() -> int:
    counted = SupplyDelivery.objects.annotate(n=Count("attempts"))
    return counted.exclude(n=F("failed_attempts")).count()


@keeps("I14")
def proofs_without_their_files() -> int:
    return files_without_match(Proof, "file", "delivery")
