"""To the cashier and back: charged once, the right amount, a truthful page."""

from __future__ import annotations

import json
import time

import pytest
from django.urls import reverse

from portal.payment import invoicing, paying, reconciling, refunding
from portal.payment.models import Checkout, Invoice, Receipt, Refund
from portal.sandbox.cashier.hooks import sign
from portal.workflow import Refused
from tests.factories.money import bill
from tests.portal.payment.conftest import SECRET

Status = Invoice.Status


def deliver(client, event: dict, secret: str = SECRET):
    body = json.dumps(event).encode()
    return client.post(
        reverse("payment:webhook"),
        body,
        content_type="application/json",
        headers={"Stripe-Signature": sign(body, secret, int(time.time()))},
    )


@pytest.fixture
def invoice(chen):
    return bill(chen, medicine=1380)


@pytest.fixture
def to_cashier(as_person, chen, invoice):
    def press(version: int | None = None):
        url = reverse("payment:pay", args=[invoice.pk])
        return as_person(chen).post(url, {"version": version or invoice.version})

    return press


def test_the_button_leads_to_the_cashier_by_a_link(till, to_cashier):
    answer = to_cashier()
    assert answer.status_code == 303
    assert answer["Location"].startswith(till.url)


def test_a_double_tap_and_a_second_tab_get_the_same_page(till, to_cashier):
    assert to_cashier()["Location"] == to_cashier()["Location"]
    assert Checkout.objects.count() == 1


def test_an_old_page_is_told_that_the_amount_changed(till, to_cashier, invoice):
    answer = to_cashier(invoice.version - 1)
    assert answer.status_code == 409
    assert not Checkout.objects.exists()


def test_a_paid_bill_is_balanced_once_however_often_it_is_settled(till, to_cashier, invoice):
    till.press(to_cashier()["Location"])
    row = Checkout.objects.get()
    for _ in range(3):
        paying.settle(row)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.captured_minor) == (Status.BALANCED, 3880)
    assert Receipt.objects.count() == 1


def test_a_declined_card_changes_nothing(till, to_cashier, invoice):
    till.press(to_cashier()["Location"], "decline")
    paying.settle(Checkout.objects.get())
    invoice.refresh_from_db()
    assert (invoice.status, invoice.captured_minor) == (Status.ISSUED, 0)


def test_a_silent_cashier_charges_nothing_and_says_so(till, to_cashier):
    till.trouble(down=True)
    answer = to_cashier()
    assert answer.status_code == 503
    till.trouble(down=False)
    assert to_cashier().status_code == 303
    assert Checkout.objects.count() == 1


def test_a_lost_answer_does_not_open_a_second_checkout(till, to_cashier):
    till.trouble(lose_answer=True)
    assert to_cashier().status_code == 503
    till.trouble(lose_answer=False)
    assert to_cashier().status_code == 303
    assert len(till.server.store.newest("checkout.session")) == 1


def test_going_back_closes_the_page_and_charges_nothing(till, to_cashier, as_person, chen, invoice):
    first = to_cashier()["Location"]
    as_person(chen).post(reverse("payment:leave", args=[invoice.pk]))
    assert Checkout.objects.get().status == Checkout.Status.EXPIRED
    assert to_cashier()["Location"] != first


def test_leaving_after_paying_in_another_tab_takes_the_money_in(
    till, to_cashier, actor, chen, invoice
):
    till.press(to_cashier()["Location"])
    assert paying.leave(actor(chen), invoice).status == Status.BALANCED


def test_money_for_a_cancelled_bill_goes_back(till, to_cashier, actor, chen, invoice):
    url = to_cashier()["Location"]
    refunding.refund_row(actor(chen), chen, "cancelled")
    invoice.refresh_from_db()
    assert invoice.status == Status.CANCELLED
    till.press(url)
    paying.settle(Checkout.objects.get())
    assert Refund.objects.get().amount_minor == 3880


def test_one_line_goes_back_and_the_other_stays(till, actor, chen, neighbour):
    invoice = invoicing.open_for(neighbour)
    invoicing.add_line(actor(chen), invoice, "consultation", chen, 2500)
    invoicing.add_line(actor(chen), invoice, "medicine", neighbour, 1380)
    invoice = invoicing.issue(actor(chen), invoice)
    row = paying.checkout(actor(neighbour), invoice, invoice.version)
    till.press(row.url)
    paying.settle(row)
    [refund] = refunding.refund_row(actor(chen), neighbour, "out-of-stock")
    assert refund.amount_minor == 1380
    assert refunding.refund_row(actor(chen), neighbour, "out-of-stock") == []
    refunding.pay_back(refund)
    invoice.refresh_from_db()
    assert (invoice.captured_minor, invoice.refunded_minor) == (3880, 1380)


def test_a_refund_whose_answer_was_lost_is_found_again(
    till, to_cashier, actor, chen, invoice, gateway
):
    till.press(to_cashier()["Location"])
    paying.settle(Checkout.objects.get())
    refund, other = refunding.refund_row(actor(chen), chen, "no-answer")
    assert refund.amount_minor + other.amount_minor == 3880
    gateway.refund(refund.receipt.gateway_ref, refund.amount_minor, refund.key)
    refunding.pay_back(refund)
    assert len(till.server.store.newest("refund")) == 1


def test_no_more_goes_back_than_came(till, to_cashier, actor, chen, invoice):
    till.press(to_cashier()["Location"])
    paying.settle(Checkout.objects.get())
    line = invoice.lines.first()
    with pytest.raises(Refused):
        refunding.refund_line(actor(chen), line, line.due_minor + 1, "mistake", chen.pk)


def test_the_same_refund_key_is_the_same_refund(till, to_cashier, actor, chen, invoice):
    till.press(to_cashier()["Location"])
    paying.settle(Checkout.objects.get())
    line = invoice.lines.first()
    first = refunding.refund_line(actor(chen), line, 100, "partial", chen.pk)
    assert refunding.refund_line(actor(chen), line, 100, "partial", chen.pk) == first
    with pytest.raises(Refused):
        refunding.refund_line(actor(chen), line, 200, "partial", chen.pk)


def test_an_event_is_kept_once_in_any_order(till, to_cashier, client):
    till.press(to_cashier()["Location"])
    for event in [*till.events()[::-1], *till.events()]:
        assert deliver(client, event).status_code == 200
    from portal.payment.models import WebhookReceipt

    assert WebhookReceipt.objects.count() == len(till.events())


@pytest.mark.parametrize("signature", ["", "t=1,v1=ß", "v1=abc", "t=x,v1=y", "t=1,v1=" + "0" * 64])
def test_a_forged_event_is_refused_and_changes_nothing(till, client, signature):
    url = reverse("payment:webhook")
    headers = {"Stripe-Signature": signature}
    answer = client.post(url, b"{}", content_type="application/json", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b"[" * 30000, b'{"id": 1}', b"\xff\x00"])
def test_signed_nonsense_is_refused(till, client, body):
    headers = {"Stripe-Signature": sign(body, SECRET, int(time.time()))}
    answer = client.post(
        reverse("payment:webhook"), body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 400


def test_the_books_of_both_sides_agree(till, to_cashier, invoice):
    till.press(to_cashier()["Location"])
    paying.settle(Checkout.objects.get())
    assert list(reconciling.differences()) == []


def test_a_payment_we_do_not_know_is_named(till, to_cashier):
    till.press(to_cashier()["Location"])
    [difference] = reconciling.differences()
    assert (difference.what, difference.ours_minor, difference.theirs_minor) == ("payment", 0, 3880)


def test_another_resident_does_not_find_the_bill(as_person, neighbour, invoice):
    for name in ("bill", "return", "receipt"):
        url = reverse(f"payment:{name}", args=[invoice.pk])
        assert as_person(neighbour).get(url).status_code == 404


def test_a_bill_of_nothing_is_paid_at_once(actor, chen):
    invoice = invoicing.open_for(chen)
    line = invoicing.add_line(actor(chen), invoice, "consultation", chen, 2500)
    invoicing.waive(actor(chen), line, 2500, "low income")
    assert invoicing.issue(actor(chen), invoice).status == Status.BALANCED


def test_delivery_is_never_insured(actor, chen):
    invoice = invoicing.open_for(chen)
    with pytest.raises(Refused):
        invoicing.add_line(actor(chen), invoice, "delivery", chen, 800, fund_minor=100)
