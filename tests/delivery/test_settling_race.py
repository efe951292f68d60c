"""Money back, a new parcel, a door and the counter at one moment: nobody waits in a ring."""

from __future__ import annotations

import time
import uuid

import pytest
from django.db.models import QuerySet

from delivery import collecting, invariants, returning, settling
from delivery.models import SupplyDelivery
from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.payment import paying
from portal.payment.gateway import CheckoutState
from portal.payment.models import Checkout, Invoice
from refill import handing, stocking
from refill.models import MedicationDispense, StockItem
from tests.racing import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PAUSE_S = 0.05


@pytest.fixture
def slowly(monkeypatch):
    """Before each lock and after each line of the journal there is time for the other."""
    locked, write = QuerySet.select_for_update, journal.write

    def lock_later(rows, *args, **more):
        time.sleep(PAUSE_S)
        return locked(rows, *args, **more)

    def hold_the_journal(*args, **more):
        event = write(*args, **more)
        time.sleep(PAUSE_S)
        return event

    monkeypatch.setattr(QuerySet, "select_for_update", lock_later)
    monkeypatch.setattr(journal, "write", hold_the_journal)


def fill_of(row):
    return MedicationDispense.objects.get(pk=row.lines.get().dispense_id)


def lost(wu, row):
    return returning.lose(Actor.of(wu), row).case


def test_a_fill_is_declined_while_it_is_handed_over(slowly, sun, wu, out, confirm):
    fill = fill_of(out)
    at_once(
        lambda: confirm(out, code=out.code), lambda: handing.decline(Actor.of(sun), fill, "ended")
    )
    fill.refresh_from_db()
    out.refresh_from_db()
    assert (fill.status == "completed") == (out.stage == "delivered")
    assert invariants.parcels_without_their_proof() == 0


def test_a_case_is_paid_back_while_its_fill_is_declined(slowly, sun, gao, wu, out):
    case, fill = lost(wu, out), fill_of(out)
    at_once(
        lambda: settling.refund(Actor.of(gao), case, "lost"),
        lambda: handing.decline(Actor.of(sun), fill, "ended"),
    )
    assert fill_of(out).status == "declined"


def test_a_case_is_paid_back_while_money_arrives_for_its_bill(slowly, gao, wu, out):
    case, bill = lost(wu, out), out.choice.invoice
    page = Checkout.objects.create(
        invoice=bill, invoice_version=bill.version, amount_minor=500, gateway_ref="cs_1",
        expires_at=out.window_end,
    )  # fmt: skip
    state = CheckoutState(
        ref="cs_1", status="complete", is_paid=True, payment_ref="pi_1", amount_minor=500,
        currency=bill.currency,
    )  # fmt: skip
    at_once(lambda: settling.refund(Actor.of(gao), case, "lost"), lambda: paying.take(page, state))
    bill = Invoice.objects.get(pk=bill.pk)
    asked = sum(refund.amount_minor for receipt in bill.receipts.all() for refund in receipt.refunds.all())  # fmt: skip  # noqa: E501
    assert (bill.captured_minor, asked) == (500, 500)


def test_it_is_collected_while_the_case_is_decided(slowly, sun, gao, out, fail):
    fail(out, "wrong-address")
    back = returning.receive(Actor.of(sun), out, seal_intact=True)
    at_once(
        lambda: collecting.collect(Actor.of(sun), back, code=back.code, client_id=uuid.uuid4()),
        lambda: settling.refund(Actor.of(gao), back.case, "no way"),
        lambda: returning.quarantine(Actor.of(sun), back),
    )
    stage, fill = SupplyDelivery.objects.get(pk=out.pk).stage, fill_of(out)
    assert (stage == "delivered") == (fill.status == "completed")
    assert (fill.status == "declined") <= (stage == "quarantined")


def test_it_is_sent_again_while_the_courier_says_that_it_is_lost(slowly, gao, wu, out):
    case = settling.open_case(out)
    at_once(
        lambda: settling.replace(Actor.of(gao), case, "lost"),
        lambda: returning.lose(Actor.of(wu), out),
    )
    assert SupplyDelivery.objects.get(pk=out.pk).stage == "lost"


def test_it_is_sent_again_while_the_same_boxes_are_counted(slowly, sun, gao, wu, out, shelf):
    case = lost(wu, out)
    at_once(
        lambda: settling.replace(Actor.of(gao), case, "lost"),
        lambda: [stocking.correct(Actor.of(sun), shelf, 9, "counted") for _time in range(8)],
    )
    assert MedicationDispense.objects.to_pack().count() == 1


def test_the_system_calls_back_while_it_is_handed_over(slowly, wu, out, confirm):
    """A recall and a door: what is in the resident's hands was handed over before."""
    StockItem.objects.update(status="recalled")
    at_once(
        lambda: confirm(out, code=out.code), lambda: returning.call_back(SYSTEM, out, "recalled")
    )
    assert SupplyDelivery.objects.get(pk=out.pk).stage == "returning"
