"""A prescription that ends leaves nothing behind: no kept box, no bill line, no fill to pack."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError

from portal.accounts.actor import SYSTEM
from portal.audit import journal
from portal.notification.models import Notification
from portal.payment import invoicing
from portal.payment.models import ChargeItem
from portal.record import prescribing
from portal.record.models import Prescription
from portal.record.tasks import expire_prescriptions
from portal.workflow import Refused
from refill import dispensing, reviewing, stocking, tasks, withdrawing
from refill.models import MedicationDispense, PrescriptionReview, StockReservation
from tests.racing import at_once
from tests.refill.conftest import GOOD
from tests.refill.test_dispense import packing


def news(person):
    return set(Notification.objects.filter(user=person.user).values_list("kind", flat=True))


@pytest.fixture
def passed(actor, pharmacist, review, shelf, prescription):
    reviewing.pass_(actor(pharmacist), review, GOOD)
    prescription.refresh_from_db()
    return prescription


@pytest.fixture
def after_midnight(review):
    with time_machine.travel(review.due_at + timedelta(minutes=1), tick=False):
        yield


def test_not_reviewed_in_its_time_it_lapses_and_both_are_told(review, after_midnight, chen, dr_li):
    expire_prescriptions()
    review.refresh_from_db()
    assert review.status == PrescriptionReview.Status.LAPSED
    assert "prescription-expired" in news(chen)
    assert "prescription-lapsed" in news(dr_li)


def test_passed_but_unpaid_it_expires_and_gives_boxes_and_bill_back(
    passed, shelf, after_midnight, chen
):
    tasks.expire_unclaimed()
    tasks.expire_unclaimed()
    passed.refresh_from_db()
    shelf.refresh_from_db()
    assert (passed.status, shelf.reserved) == (Prescription.Status.EXPIRED, 0)
    assert not ChargeItem.objects.exists()
    assert "prescription-expired" in news(chen)


def test_paid_in_its_time_it_is_packed_the_day_after(actor, pharmacist, dispense, after_midnight):
    assert withdrawing.expire_unclaimed() == 0
    assert dispensing.pack(actor(pharmacist), dispense, packing()).packed_at


def test_a_longer_validity_moves_the_countdown(actor, dr_li, review, prescription):
    prescribing.extend(actor(dr_li), prescription, 3, "the centre is closed tomorrow")
    tasks.expire_unclaimed()
    review.refresh_from_db()
    prescription.refresh_from_db()
    assert review.due_at == prescription.valid_until


def test_taken_back_before_the_review_it_leaves_the_list(actor, dr_li, review, prescription):
    prescribing.cancel(actor(dr_li), prescription, "a mistake")
    review.refresh_from_db()
    assert (review.status, review.status_reason) == ("lapsed", "cancelled")


def test_taken_back_while_it_is_packed_the_money_goes_back(
    actor, dr_li, pharmacist, dispense, shelf, prescription, chen
):
    prescribing.cancel(actor(dr_li), prescription, "an allergy")
    shelf.refresh_from_db()
    dispense.refresh_from_db()
    assert (dispense.status, shelf.reserved, shelf.boxes) == ("cancelled", 0, 10)
    assert not ChargeItem.objects.filter(withdrawn_at=None).exists()
    with pytest.raises(Refused):
        dispensing.pack(actor(pharmacist), dispense, packing())
    assert "prescription-cancelled" in news(chen)


def test_once_packed_it_cannot_be_taken_back(actor, dr_li, pharmacist, dispense, prescription):
    dispensing.pack(actor(pharmacist), dispense, packing())
    with pytest.raises(Refused, match="packed"):
        prescribing.cancel(actor(dr_li), prescription, "too late")
    prescription.refresh_from_db()
    assert prescription.status == Prescription.Status.EFFECTIVE


@pytest.fixture
def slowly(monkeypatch):
    """Whoever has looked at the fill waits a moment before going on, so that both may look."""
    ready, release = dispensing.not_ready, stocking.release

    def look(*args):
        told = ready(*args)
        time.sleep(0.3)
        return told

    def let_go(line):
        time.sleep(0.3)
        release(line)

    monkeypatch.setattr(dispensing, "not_ready", look)
    monkeypatch.setattr(stocking, "release", let_go)
    write = journal.write

    def late(*args, **kwargs):
        time.sleep(0.2)
        return write(*args, **kwargs)

    monkeypatch.setattr(journal, "write", late)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_packed_and_taken_back_at_once_only_one_happens(
    slowly, actor, dr_li, pharmacist, dispense, prescription
):
    packed, cancelled = at_once(
        lambda: dispensing.pack(actor(pharmacist), dispense, packing()),
        lambda: prescribing.cancel(actor(dr_li), prescription, "an allergy"),
        expected=(Refused, OperationalError),
    )
    prescription.refresh_from_db()
    dispense.refresh_from_db()
    assert isinstance(packed, Exception) != isinstance(cancelled, Exception)
    assert (prescription.status == "cancelled") == isinstance(cancelled, Prescription)
    was_packed = dispense.status == MedicationDispense.Status.IN_PROGRESS
    assert was_packed == isinstance(packed, MedicationDispense)


def test_a_bill_paid_late_comes_back(passed, after_midnight, chen):
    invoice = invoicing.issue(SYSTEM, invoicing.open_for(chen))
    tasks.expire_unclaimed()
    invoice.refresh_from_db()
    assert invoice.status == "cancelled"
    assert not StockReservation.objects.filter(status="held").exists()
