"""Our books against the cashier's: each kind of difference is found, named and ends by itself."""

from __future__ import annotations

import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal import invariants
from portal.notification.models import Notification
from portal.payment import comparing, paying, reconciling, refunding
from portal.payment.models import (
    BookDifference,
    ChargeItem,
    Checkout,
    Invoice,
    Receipt,
    Refund,
)
from portal.worklist import cards
from tests.factories.money import bill


@pytest.fixture
def paid(till, actor, chen):
    """Paid at the cashier, and a part of it paid back."""
    invoice = bill(chen, medicine=1380)
    row = paying.checkout(actor(chen), invoice, invoice.version)
    till.press(row.url)
    paying.settle(row)
    line = invoice.lines.get(kind="medicine")
    refund = refunding.refund_line(actor(chen), line, 500, "mistake", uuid.uuid4())
    refunding.pay_back(refund)
    invoice.refresh_from_db()
    return invoice


def found():
    return [(row.what, row.ours_minor, row.theirs_minor) for row in reconciling.differences()]


def command(*words):
    out = StringIO()
    call_command("reconcile", *words, stdout=out)
    return out.getvalue()


def test_books_that_agree_say_so(paid):
    assert found() == []
    assert "agree" in command()
    assert json.loads(command("--json")) == {"differences": []}


SPOILED = {
    "captured": lambda i: Invoice.objects.update(captured_minor=3881),
    "refunded": lambda i: Invoice.objects.update(refunded_minor=499),
    "kept": lambda i: ChargeItem.objects.filter(kind="medicine").update(
        amount_minor=1480, cash_minor=1480
    ),
    "payment": lambda i: Receipt.objects.update(gateway_ref="pi_invented"),
    "refund": lambda i: Refund.objects.update(gateway_ref="re_invented"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_each_difference_is_printed_by_name(paid, what):
    SPOILED[what](paid)
    assert what in {row.what for row in reconciling.differences()}
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("reconcile", stdout=out)
    assert what in out.getvalue()


@pytest.mark.parametrize("what", ["payment", "refund"])
def test_what_only_one_side_knows_is_found_from_both_sides(paid, what):
    SPOILED[what](paid)
    sides = {(row.ours_minor > 0, row.theirs_minor > 0) for row in reconciling.differences()}
    assert sides == {(True, False), (False, True)}


def test_an_unpaid_bill_owes_the_sum_of_its_lines(chen, till):
    bill(chen)
    Invoice.objects.update(owed_minor=1)
    assert found() == [("owed", 1, 2500)]


def test_an_amount_that_differs_is_found(paid):
    Receipt.objects.update(amount_minor=3879)
    assert ("payment", 3879, 3880) in found()


def test_money_whose_news_has_not_arrived_is_under_way_and_no_breach(till, actor, chen):
    invoice = bill(chen)
    row = paying.checkout(actor(chen), invoice, invoice.version)
    till.press(row.url)
    [difference] = reconciling.differences()
    assert difference.is_under_way and difference.invoice == str(invoice.pk)
    assert "under way" in _printed()
    i9 = next(answer for answer in invariants.check() if answer.id == "I9")
    assert i9.breaches == 0


def _printed():
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("reconcile", stdout=out)
    return out.getvalue()


def test_the_invariant_counts_what_the_cashier_says_otherwise(paid):
    Receipt.objects.update(gateway_ref="pi_invented")
    i9 = next(answer for answer in invariants.check() if answer.id == "I9")
    assert i9.breaches == 2


def test_at_night_open_payments_are_settled_first(till, actor, chen):
    invoice = bill(chen)
    till.press(paying.checkout(actor(chen), invoice, invoice.version).url)
    assert comparing.compare() == 0
    invoice.refresh_from_db()
    assert invoice.status == Invoice.Status.BALANCED


def test_a_difference_is_a_task_of_the_manager_until_it_is_gone(
    paid, as_person, actor, gao, dr_zhao
):
    Invoice.objects.update(captured_minor=3881)
    assert (comparing.compare(), comparing.compare()) == (1, 1)
    assert BookDifference.objects.get().organization_id == gao.organization_id
    assert Notification.objects.filter(user=gao, kind="books-differ").count() == 1
    assert any("disagree" in card.title for card in cards(actor(gao)))
    page = as_person(gao).get(reverse("payment:differences")).content.decode()
    assert str(paid.pk) in page
    Invoice.objects.update(captured_minor=3880)
    assert comparing.compare() == 0
    assert BookDifference.objects.get().settled_at is not None
    assert not any("disagree" in card.title for card in cards(actor(gao)))


def test_a_silent_cashier_at_night_changes_nothing(paid, till):
    from portal.payment.tasks import compare_books

    Invoice.objects.update(captured_minor=3881)
    till.trouble(down=True)
    assert compare_books() == -1
    assert not BookDifference.objects.exists()


def test_books_print_owed_captured_refunded_and_receipts(paid):
    out = StringIO()
    call_command("books", "--json", stdout=out)
    told = json.loads(out.getvalue())
    [row] = told["invoices"]
    assert (row["owed"], row["captured"], row["refunded"]) == (3880, 3880, 500)
    assert [receipt["amount"] for receipt in row["receipts"]] == [3880]
    assert told["totals"]["captured"] - told["totals"]["refunded"] == 3380


def test_a_refund_that_waits_at_the_bank_is_settled_by_the_news_of_it(till, actor, chen, client):
    from tests.portal.payment.test_pay import deliver

    till.trouble(refunds_pending=True)
    invoice = bill(chen)
    row = paying.checkout(actor(chen), invoice, invoice.version)
    till.press(row.url)
    paying.settle(row)
    [refund] = refunding.refund_row(actor(chen), chen, "cancelled")
    refund = refunding.pay_back(refund)
    assert (refund.status, bool(refund.gateway_ref)) == ("requested", True)
    till.press(f"{till.url}/refunds/{refund.gateway_ref}/succeeded")
    deliver(client, till.events()[-1])
    from portal.outbox.models import OutboxMessage

    waiting = OutboxMessage.objects.filter(kind="payment.refund", state="pending")
    assert waiting.filter(payload={"refund": str(refund.pk)}).exists()
    refunding.pay_back(refund)
    assert Refund.objects.get().status == "succeeded"
    assert Checkout.objects.get().status == "complete"


def test_a_refund_that_the_cashier_refuses_is_told_to_both(paid, till, gao, chen, actor):
    line = paid.lines.get(kind="consultation")
    refund = refunding.refund_line(actor(gao), line, 2500, "mistake", uuid.uuid4())
    Receipt.objects.filter(pk=refund.receipt_id).update(gateway_ref="pi_unknown")
    refund.receipt.refresh_from_db()
    assert refunding.pay_back(refund).status == "failed"
    told = Notification.objects.filter(kind__in=("refund-failed", "refund-stuck"))
    assert {notice.user_id for notice in told} == {chen.user_id, gao.pk}
