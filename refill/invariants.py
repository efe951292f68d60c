"""What must always hold at the counter: reviews, boxes, fills."""

from __future__ import annotations

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from portal.invariants import keeps, steps_off_the_edges
from portal.payment.models import ChargeItem, Invoice
from portal.record.models import MedicationRequest, Prescription
from refill.models import (
    BoxCode,
    MedicationDispense,
    PickUp,
    PrescriptionReview,
    RefillRequest,
    StockItem,
    StockMovement,
    StockReservation,
)
from refill.workflow import DISPENSE, PICK_UP, REFILL, REVIEW

Status = MedicationDispense.Status
LEFT_THE_SHELF = Q(packed_at__isnull=False)
LIVE = (Status.PREPARATION, Status.IN_PROGRESS, Status.COMPLETED)


@keeps("I10")
def more_dispensed_than_authorised() -> int:
    """Boxes handed out beyond what the line's fills come to, rounded up to whole packs."""
    live = MedicationDispense.objects.filter(line=OuterRef("pk"), status__in=LIVE)
    given = live.order_by().values("line").annotate(sum=Sum("quantity")).values("sum")
    allowed = (F("quantity") + F("medication__pack_size")) * (F("number_of_repeats_allowed") + 1)
    number = DecimalField(max_digits=12, decimal_places=2)
    lines = MedicationRequest.objects.annotate(
        given=Coalesce(Subquery(given), 0, output_field=number)
    )
    return lines.filter(given__gte=allowed, given__gt=0).count()


@keeps("I10")
def fills_of_what_no_pharmacist_passed() -> int:
    passed = PrescriptionReview.objects.filter(
        prescription=OuterRef("prescription"), status=PrescriptionReview.Status.PASSED
    )
    signed = Prescription.objects.filter(pk=OuterRef("prescription"), versions__isnull=False)
    return MedicationDispense.objects.filter(~Exists(passed) | ~Exists(signed)).count()


@keeps("I10")
def packed_without_being_paid() -> int:
    """Each fill that was packed has a line on a bill that was paid (or waived)."""
    paid = set(
        ChargeItem.objects.filter(
            kind=ChargeItem.Kind.MEDICINE, invoice__status=Invoice.Status.BALANCED
        ).values_list("entity_id", flat=True)
    )
    packed = MedicationDispense.objects.filter(LEFT_THE_SHELF).values_list("line_id", flat=True)
    return sum(str(line) not in paid for line in packed)


@keeps("I10")
def reviews_of_ones_own() -> int:
    return PrescriptionReview.objects.filter(reviewer=F("prescriber")).count()


@keeps("I10")
def shelves_that_do_not_add_up() -> int:
    """A shelf holds what its movements say, and keeps what its reservations say."""
    held = StockReservation.objects.filter(item=OuterRef("pk"), status="held")
    kept = held.order_by().values("item").annotate(sum=Sum("boxes")).values("sum")
    moves = StockMovement.objects.filter(item=OuterRef("pk"))
    there = moves.order_by().values("item").annotate(sum=Sum("boxes")).values("sum")
    number = IntegerField()
    shelves = StockItem.objects.annotate(
        kept=Coalesce(Subquery(kept), 0, output_field=number),
        there=Coalesce(Subquery(there), 0, output_field=number),
    )
    return shelves.exclude(reserved=F("kept"), boxes=F("there")).count()


@keeps("I10")
def boxes_kept_for_nobody() -> int:
    """Boxes kept for a line whose prescription has ended."""
    over = ("expired", "cancelled", "refused", "returned", "completed")
    return StockReservation.objects.filter(
        status="held", line__prescription__status__in=over
    ).count()


@keeps("I10")
def packed_boxes_without_their_codes() -> int:
    """A traced medicine left the shelf with as many codes as boxes (R86)."""
    codes = BoxCode.objects.filter(dispense=OuterRef("pk")).order_by().values("dispense")
    counted = Coalesce(Subquery(codes.annotate(n=Count("pk")).values("n")), 0)
    packed = MedicationDispense.objects.filter(
        LEFT_THE_SHELF, line__medication__is_trace_coded=True
    )
    return packed.annotate(scanned=counted).exclude(scanned=F("boxes")).count()


@keeps("I11")
def steps_off_their_edges() -> int:
    return (
        steps_off_the_edges(PrescriptionReview._meta.label, REVIEW)
        + steps_off_the_edges(MedicationDispense._meta.label, DISPENSE)
        + steps_off_the_edges(PickUp._meta.label, PICK_UP)
    )


@keeps("I11")
def requests_astray() -> int:
    """Steps off the edges; a request that leads to a prescription of somebody else."""
    decided = RefillRequest.objects.filter(status__in=("in-progress", "completed"))
    strange = ~Q(prescription__patient=F("patient"), prescription__practitioner=F("decided_by"))
    astray = decided.filter(strange).count()
    return astray + steps_off_the_edges(RefillRequest._meta.label, REFILL)
