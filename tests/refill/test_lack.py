"""Paid, and the boxes are not there: another lot, a day, or the money; she is always told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.notification.models import Notification
from portal.payment.models import ChargeItem
from portal.record.models import Prescription
from portal.workflow import Refused
from refill import dispensing, lacking, reviewing, stocking
from refill.models import Shortage, StockReservation
from tests.factories.counter import StockItemFactory
from tests.refill.conftest import GOOD
from tests.refill.test_dispense import packing


@pytest.fixture
def lack(actor, pharmacist, dispense):
    return lambda outcome, day=None: lacking.lack(actor(pharmacist), dispense, outcome, day)


def news(chen):
    return set(Notification.objects.filter(user=chen.user).values_list("kind", flat=True))


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def test_the_money_goes_back_and_the_prescription_ends(lack, dispense, shelf, chen):
    lack("refund")
    shelf.refresh_from_db()
    dispense.refresh_from_db()
    assert (dispense.status, dispense.status_reason) == ("declined", "out-of-stock")
    assert shelf.reserved == 0
    assert not ChargeItem.objects.filter(withdrawn_at=None).exists()
    assert "medicine-not-handed-over" in news(chen)
    assert Prescription.objects.get().status == "completed"


def test_another_day_is_told_and_kept_when_boxes_come(
    actor, pharmacist, lack, dispense, shelf, line, chen
):
    lack("date", in_days(3))
    stocking.correct(actor(pharmacist), shelf, 0, "broken")
    assert "medicine-late" in news(chen)
    with pytest.raises(Refused):
        dispensing.pack(actor(pharmacist), dispense, packing())
    lot = stocking.receive(actor(pharmacist), line.medication, "NEW", in_days(400), 10)
    assert lacking.serve_waiting(lot) == 1
    assert Shortage.objects.get().resolved_at is not None
    assert dispensing.pack(actor(pharmacist), dispense, packing()).packed_at


@pytest.mark.parametrize("day", [None, 0, -1])
def test_a_day_that_is_not_to_come_is_refused(lack, shelf, day):
    with pytest.raises(Refused):
        lack("date", None if day is None else in_days(day))
    assert StockReservation.objects.get().status == "held"


def test_boxes_of_another_lot_take_their_place(actor, pharmacist, lack, dispense, shelf):
    stocking.release(dispense.line)
    stocking.correct(actor(pharmacist), shelf, 0, "broken")
    with pytest.raises(stocking.OutOfStock):
        lack("other-lot")
    spare = StockItemFactory(organization=shelf.organization, medication=shelf.medication)
    lack("other-lot")
    assert StockReservation.objects.get(status="held").item == spare


def test_what_is_packed_cannot_be_missing(actor, pharmacist, lack, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    with pytest.raises(Refused):
        lack("refund")


def test_by_form(as_person, pharmacist, dispense, chen):
    counter, url = as_person(pharmacist), reverse("refill:lack", args=[dispense.pk])
    assert counter.post(url, {}).status_code == 422
    assert counter.post(url, {"outcome": "date"}).status_code == 409
    assert counter.post(url, {"outcome": "refund"}).status_code == 302
    page = counter.get(reverse("refill:pack", args=[dispense.pk]))
    assert page.status_code == 200


def test_no_boxes_are_said_before_payment_with_the_centre_that_has_them(
    actor, pharmacist, review, line, other_centre, chen
):
    StockItemFactory(organization=other_centre, medication=line.medication)
    reviewing.pass_(actor(pharmacist), review, GOOD)
    notice = Notification.objects.get(user=chen.user, kind="medicine-short-elsewhere")
    assert notice.context["place"] == other_centre.name
    assert "prescription-passed" not in news(chen)
