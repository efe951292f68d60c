"""From paid to sealed: scanned, checked, once; and the signature looked at again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from portal.outbox.models import OutboxMessage
from portal.record.models import MedicationRequest, Prescription
from portal.workflow import Refused
from refill import dispensing, handing, recalling
from refill.dispensing import CHECKS, Packing
from refill.models import BoxCode, MedicationDispense, StockReservation
from tests.racing import among, at_once

Status = MedicationDispense.Status


def packing(*codes, checks=tuple(CHECKS), seal="SEAL-1"):
    return Packing(checks, codes or ("BOX-1",), seal)


def test_paid_means_to_be_packed(dispense, need):
    assert (dispense.status, dispense.boxes) == (Status.PREPARATION, need)


def test_packed_boxes_leave_the_shelf(actor, pharmacist, dispense, shelf, need):
    packed = dispensing.pack(actor(pharmacist), dispense, packing())
    shelf.refresh_from_db()
    assert packed.status == Status.IN_PROGRESS
    assert (shelf.boxes, shelf.reserved) == (10 - need, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        Packing(tuple(CHECKS), (), "SEAL-1"),
        packing("BOX-1", "BOX-2"),
        packing(checks=tuple(CHECKS)[1:]),
        packing(seal=" "),
    ],
)
def test_what_is_not_scanned_ticked_and_sealed_is_not_packed(
    actor, pharmacist, dispense, shelf, wrong
):
    with pytest.raises(Refused):
        dispensing.pack(actor(pharmacist), dispense, wrong)
    shelf.refresh_from_db()
    assert (shelf.boxes, BoxCode.objects.count()) == (10, 0)


def test_a_box_is_sold_once_ever(actor, pharmacist, dispense, shelf):
    item = StockReservation.objects.get().item
    BoxCode.objects.create(code="BOX-1", dispense=dispense, item=item)
    with pytest.raises(Refused):
        dispensing.pack(actor(pharmacist), dispense, packing())
    dispense.refresh_from_db()
    assert dispense.status == Status.PREPARATION


def test_a_changed_line_is_seen_at_the_counter(actor, pharmacist, dispense):
    medicine = dispense.line.medication
    medicine.ingredients = [{"substance": "amlodipine", "value": "10", "unit": "mg"}]
    medicine.save()
    with pytest.raises(Refused, match="signature"):
        dispensing.pack(actor(pharmacist), dispense, packing())


def test_a_cancelled_prescription_is_not_packed(actor, pharmacist, dispense):
    Prescription.objects.update(status="cancelled", status_reason="a mistake")
    with pytest.raises(Refused):
        dispensing.pack(actor(pharmacist), dispense, packing())


def test_a_second_pack_is_refused(actor, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    with pytest.raises(Refused):
        dispensing.pack(actor(pharmacist), dispense, packing("BOX-3"))


def test_handed_over_the_prescription_is_done_and_the_hospital_is_told(actor, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    handing.hand_over(actor(pharmacist), dispense)
    assert Prescription.objects.get().status == Prescription.Status.COMPLETED
    assert OutboxMessage.objects.filter(kind="his.dispense", key=dispense.pk).count() == 1


def test_returned_boxes_are_never_sold_again(actor, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    handing.decline(actor(pharmacist), dispense, "returned")
    assert set(BoxCode.objects.values_list("is_quarantined", flat=True)) == {True}


def test_lost_twice_by_a_double_tap_is_made_up_once(actor, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    handing.replace(actor(pharmacist), dispense, "lost")
    with pytest.raises(Refused):
        handing.replace(actor(pharmacist), dispense, "lost")
    assert list(MedicationDispense.objects.values_list("status", flat=True)) == [
        "declined", "preparation",
    ]  # fmt: skip


def test_declined_before_packing_gives_the_boxes_back(actor, pharmacist, dispense, shelf):
    handing.decline(actor(pharmacist), dispense, "resident-cancelled")
    shelf.refresh_from_db()
    assert (shelf.boxes, shelf.reserved) == (10, 0)


def test_a_recall_names_exactly_the_receivers(actor, pharmacist, dispense, shelf, chen):
    dispensing.pack(actor(pharmacist), dispense, packing())
    [found] = recalling.receivers(actor(pharmacist), shelf.lot_number)
    assert (found.patient_id, found.boxes) == (str(chen.pk), dispense.boxes)
    assert recalling.receivers(actor(pharmacist), "BOX-1") == [found]
    assert recalling.receivers(actor(pharmacist), "no such lot") == []


def test_a_recalled_lot_leaves_no_shelf(actor, pharmacist, dispense, shelf):
    assert recalling.block(actor(pharmacist), shelf.lot_number, "particles") == 1
    shelf.refresh_from_db()
    assert shelf.status == "recalled"


def test_the_database_fills_a_line_once(dispense):
    dispense.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        MedicationDispense.objects.create(
            line_id=dispense.line_id,
            prescription_id=dispense.prescription_id,
            patient_id=dispense.patient_id,
            organization_id=dispense.organization_id,
            boxes=1,
            quantity=1,
            days_supply=1,
        )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_parallel_dispenses_make_one(actor, pharmacist, dispense, shelf, need):
    def press(number):
        return lambda: dispensing.pack(actor(pharmacist), dispense, packing(f"BOX-{number}"))

    told = at_once(*map(press, range(8)))
    shelf.refresh_from_db()
    assert len(among(told, MedicationDispense)) == 1
    assert shelf.boxes == 10 - need
    assert BoxCode.objects.count() == need
    assert MedicationRequest.objects.count() == 1
