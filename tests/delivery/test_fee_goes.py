"""Nothing left to bring: the fee of the way goes with the last medicine, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import choosing
from delivery.models import DeliveryWindow
from portal.accounts.actor import SYSTEM
from portal.payment import invoicing, paying, reconciling, refunding
from portal.payment.gateway import CheckoutState
from portal.payment.models import ChargeItem, Checkout, Invoice, Refund
from portal.record import prescribing
from refill import handing, reviewing
from refill.models import MedicationDispense
from tests.factories.money import paid_bill
from tests.racing import at_once
from tests.refill.conftest import GOOD

DELIVERY = ChargeItem.Kind.DELIVERY


@pytest.fixture
def bill(actor, pharmacist, review, shelf, line, zone):
    """The pharmacist has passed it; it costs what it costs, and so does the way."""
    zone.fee_minor = 600
    zone.save()
    reviewing.pass_(actor(pharmacist), review, GOOD)
    return invoicing.open_for(line.patient)


def charged(bill):
    return bill.lines.filter(kind=DELIVERY, withdrawn_at=None)


def test_taken_back_before_it_is_paid_nothing_is_owed(actor, choose, bill, dr_li, prescription):
    choose()
    assert charged(bill).count() == 1
    prescribing.cancel(actor(dr_li), prescription, "an allergy")
    bill.refresh_from_db()
    assert (charged(bill).count(), bill.status, bill.owed_minor) == (0, "cancelled", 0)


def test_out_of_stock_after_it_is_paid_the_fee_goes_back_once(actor, choose, bill, pharmacist):
    choose()
    bill.refresh_from_db()
    paid = paid_bill(bill)
    fill = MedicationDispense.objects.get()
    for _twice in range(2):
        handing.decline(actor(pharmacist), fill, "out-of-stock")
    assert sum(row.amount_minor for row in Refund.objects.all()) == paid.captured_minor
    assert (charged(bill).count(), list(reconciling.own_books())) == (0, [])


def test_while_another_medicine_is_left_the_fee_stays(
    actor, choose, bill, dr_li, prescription, second_medicine
):
    choose()
    prescribing.cancel(actor(dr_li), prescription, "an allergy")
    assert charged(bill).count() == 1
    prescribing.cancel(actor(dr_li), second_medicine.prescription, "an allergy")
    assert charged(bill).count() == 0


def test_the_promised_time_is_free_again_when_nothing_is_left_to_bring(
    actor, choose, bill, centre, dr_li, prescription, spans
):
    DeliveryWindow.objects.update(capacity=1)
    choose()
    bill.refresh_from_db()
    paid_bill(bill)
    assert spans[0] not in choosing.windows(centre)
    prescribing.cancel(actor(dr_li), prescription, "an allergy")
    assert spans[0] in choosing.windows(centre)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(4))
def test_money_arrives_while_the_last_medicine_is_taken_back(
    round_, actor, choose, bill, dr_li, prescription
):
    choose()
    bill.refresh_from_db()
    row = Checkout.objects.create(
        invoice=bill, invoice_version=bill.version, amount_minor=bill.owed_minor,
        gateway_ref="cs_1", expires_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    state = CheckoutState("cs_1", "complete", True, "pi_1", bill.owed_minor, bill.currency)
    at_once(
        lambda: paying.take(row, state),
        lambda: prescribing.cancel(actor(dr_li), prescription, "an allergy"),
        lambda: paying.take(row, state),
        expected=(),
    )
    now = Invoice.objects.get(pk=bill.pk)
    assert charged(now).count() == 0
    assert sum(refund.amount_minor for refund in Refund.objects.all()) == now.captured_minor
    assert now.captured_minor == row.amount_minor
    refunding.return_excess(now, SYSTEM)
    assert sum(refund.amount_minor for refund in Refund.objects.all()) == now.captured_minor
    assert list(reconciling.own_books()) == []
