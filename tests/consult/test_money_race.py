"""Many at once about one bill: run on PostgreSQL, where rows are really locked."""

from __future__ import annotations

import threading
import time
import uuid

import pytest

from consult import booking, charging
from portal.accounts.actor import SYSTEM
from portal.audit import journal
from portal.organization.models import HealthcareService
from portal.payment import asking, invoicing, paying, reconciling, refunding
from portal.payment.gateway import RefundState
from portal.payment.models import Checkout, Invoice, Receipt, Refund, RefundRequest
from tests.factories.money import bill, paid_bill
from tests.portal.payment.test_books import CashierInMemory
from tests.racing import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def news(row, till):
    """The cashier says that this page was paid."""
    return lambda: paying.take(row, till.checkout(row.gateway_ref))


def slowly(monkeypatch):
    """Keep the journal's lock for a moment, so that a wrong order of locks meets itself."""
    write, begun = journal.write, threading.Event()

    def slow(*args, **kwargs):
        line = write(*args, **kwargs)
        begun.set()
        time.sleep(0.2)
        return line

    monkeypatch.setattr(journal, "write", slow)
    return begun


@pytest.fixture
def till(monkeypatch):
    memory = CashierInMemory()
    for module in (paying, refunding):
        monkeypatch.setattr(module, "cashier", lambda: memory)
    return memory


@pytest.fixture
def priced(online):
    HealthcareService.objects.update(price_minor=1200)
    return online


@pytest.fixture
def at_the_cashier(priced, booked, actor, chen, till):
    """Chen has paid at the cashier; the portal does not know it yet."""
    invoice = charging.pay_now(actor(chen), booked)
    row = paying.checkout(actor(chen), invoice, invoice.version)
    till.pay(row.gateway_ref)
    return row


@pytest.mark.parametrize("round_", range(4))
def test_news_and_redirect_and_cancelling_at_once(
    round_,
    at_the_cashier,
    booked,
    actor,
    chen,
    till,
):
    cancel = lambda: booking.cancel(actor(chen), booked)  # noqa: E731
    deeds = [news(at_the_cashier, till)] * 4
    at_once(*deeds[:2], cancel, *deeds[2:])
    paying.settle(at_the_cashier)
    assert Receipt.objects.count() == 1
    assert sum(row.amount_minor for row in Refund.objects.all()) == 1200
    for refund in Refund.objects.all():
        refunding.pay_back(refund)
    bill_now = Invoice.objects.get(pk=at_the_cashier.invoice_id)
    assert (bill_now.captured_minor, bill_now.refunded_minor) == (1200, 1200)
    assert list(reconciling.own_books()) == []


def test_news_in_the_middle_of_a_cancelling_waits_for_its_turn(
    at_the_cashier, booked, actor, chen, till, monkeypatch
):
    begun = slowly(monkeypatch)

    def late():
        begun.wait(5)  # the cancelling has written its first line and holds the journal
        return news(at_the_cashier, till)()

    at_once(lambda: booking.cancel(actor(chen), booked), late, late)
    assert Receipt.objects.count() == 1
    assert Refund.objects.get().amount_minor == 1200


def test_one_receipt_however_much_news_comes_at_once(chen, till, actor):
    invoice = bill(chen)
    row = paying.checkout(actor(chen), invoice, invoice.version)
    till.pay(row.gateway_ref)
    at_once(*[news(row, till)] * 8)
    invoice.refresh_from_db()
    assert (invoice.captured_minor, Receipt.objects.count()) == (2500, 1)


def test_two_taps_open_one_page_of_the_cashier(chen, till, actor):
    invoice = bill(chen)
    press = lambda: paying.checkout(actor(chen), invoice, invoice.version).url  # noqa: E731
    answers = at_once(*[press] * 6)
    assert len(set(answers)) == 1
    assert Checkout.objects.count() == 1


def test_eight_refunds_of_one_row_are_one(chen, till, actor):
    paid_bill(bill(chen))
    give = lambda: refunding.refund_row(SYSTEM, chen, "no-answer")  # noqa: E731
    at_once(*[give] * 8)
    assert Refund.objects.get().amount_minor == 2500


def test_parts_asked_for_at_once_never_add_up_to_more_than_the_line(chen, till, actor):
    line = paid_bill(bill(chen)).lines.get()
    part = lambda: refunding.refund_line(SYSTEM, line, 1000, "part", uuid.uuid4())  # noqa: E731
    at_once(*[part] * 8)
    assert sum(row.amount_minor for row in Refund.objects.all()) == 2000


def test_the_news_of_a_refund_at_once_is_booked_once(chen, till):
    paid_bill(bill(chen))
    [refund] = refunding.refund_row(SYSTEM, chen, "cancelled")
    state = RefundState(f"re_{refund.key}", "succeeded", 2500, str(refund.key))
    at_once(*[lambda: refunding.observe(refund, state)] * 8)
    assert Invoice.objects.get().refunded_minor == 2500


def test_two_second_people_at_once_pay_back_once(chen, actor, gao, till):
    from portal.accounts.models import User
    from tests.factories.people import UserFactory

    line = paid_bill(bill(chen, consultation=30000)).lines.get()
    others = [UserFactory(role=User.Role.MANAGER, organization=gao.organization) for _ in range(4)]
    request = asking.propose(actor(gao), line, 30000, "mistake", "Wrong price.")
    agree = [lambda who=who: asking.approve(actor(who), request) for who in others]
    at_once(*agree)
    assert Refund.objects.count() == 1
    assert RefundRequest.objects.get().status == "approved"


def test_pay_now_and_cancel_at_once_leave_nothing_to_pay(priced, booked, actor, chen):
    pay = lambda: charging.pay_now(actor(chen), booked)  # noqa: E731
    cancel = lambda: booking.cancel(actor(chen), booked)  # noqa: E731
    at_once(pay, cancel, pay)
    owed = Invoice.objects.filter(patient=chen).exclude(status="cancelled")
    assert sum(owed.values_list("owed_minor", flat=True)) == 0
    assert not invoicing.lines_of(booked) or invoicing.lines_of(booked)[0].withdrawn_at
