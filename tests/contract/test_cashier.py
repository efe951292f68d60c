"""What the official library and our cashier agree on: Stripe's protocol, as the portal uses it."""

from __future__ import annotations

import json
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from portal.payment.gateway import BadSignature, GatewayRefused, GatewayUnavailable, Order
from portal.payment.stripe_gateway import StripeGateway
from portal.sandbox.cashier.hooks import sign
from tests.portal.payment.conftest import SECRET, till  # noqa: F401 (a cashier on a free port)


@pytest.fixture
def gateway(till):  # noqa: F811
    return StripeGateway("sk_test_sandbox", till.url, ("whsec_older", SECRET))


def order(**changes):
    facts = {
        "key": uuid.uuid4(),
        "invoice_id": uuid.uuid4(),
        "amount_minor": 1200,
        "currency": "CNY",
        "title": "Your bill",
        "language": "zh-hans",
        "return_url": "http://127.0.0.1:8000/back/",
        "expires_at": datetime.now(UTC) + timedelta(hours=1),
    }
    return Order(**{**facts, **changes})


def paid(gateway, till, **changes):  # noqa: F811
    opened = gateway.open_checkout(order(**changes))
    till.press(opened.url)
    return gateway.checkout(opened.ref)


def test_a_checkout_is_open_until_paid_and_then_names_its_payment(gateway, till):  # noqa: F811
    opened = gateway.open_checkout(order())
    before = gateway.checkout(opened.ref)
    assert (before.status, before.is_paid, before.payment_ref) == ("open", False, "")
    till.press(opened.url)
    after = gateway.checkout(opened.ref)
    assert (after.status, after.is_paid, after.amount_minor, after.currency) == (
        "complete", True, 1200, "CNY",
    )  # fmt: skip
    assert after.payment_ref.startswith("pi_")


def test_the_same_key_and_body_get_the_first_answer_and_another_body_is_refused(gateway):
    first = order()
    assert gateway.open_checkout(first).ref == gateway.open_checkout(first).ref
    with pytest.raises(GatewayRefused):
        gateway.open_checkout(order(key=first.key, invoice_id=first.invoice_id, amount_minor=1))


def test_the_same_key_at_the_same_moment_opens_one_page(gateway, till):  # noqa: F811
    wanted, refs = order(), []
    threads = [
        threading.Thread(target=lambda: refs.append(gateway.open_checkout(wanted).ref))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(refs)) == 1
    assert len(till.server.store.newest("checkout.session")) == 1


@pytest.mark.parametrize("act", ["decline", "bank", ""])
def test_a_decline_and_a_question_of_the_bank_move_no_money(gateway, till, act):  # noqa: F811
    opened = gateway.open_checkout(order())
    till.press(opened.url, act)
    assert not gateway.checkout(opened.ref).is_paid
    till.press(opened.url, "confirm" if act == "bank" else "pay")
    assert gateway.checkout(opened.ref).is_paid


def test_paying_twice_is_paying_once(gateway, till):  # noqa: F811
    opened = gateway.open_checkout(order())
    for _ in range(3):
        till.press(opened.url)
    assert [payment.amount_minor for payment in gateway.payments()] == [1200]


def test_a_closed_page_takes_no_money_and_a_paid_one_cannot_be_closed(gateway, till):  # noqa: F811
    opened = gateway.open_checkout(order())
    assert gateway.expire_checkout(opened.ref).status == "expired"
    till.press(opened.url)
    assert not gateway.checkout(opened.ref).is_paid
    other = paid(gateway, till)
    assert gateway.expire_checkout(other.ref).is_paid


def test_parts_go_back_up_to_the_whole_and_no_further(gateway, till):  # noqa: F811
    payment = paid(gateway, till).payment_ref
    first, second = uuid.uuid4(), uuid.uuid4()
    assert gateway.refund(payment, 500, first).status == "succeeded"
    assert gateway.refund(payment, 500, first).ref == gateway.find_refund(payment, first).ref
    gateway.refund(payment, 700, second)
    with pytest.raises(GatewayRefused):
        gateway.refund(payment, 1, uuid.uuid4())
    assert sorted(refund.amount_minor for refund in gateway.refunds()) == [500, 700]


def test_a_refund_may_wait_and_then_fail(gateway, till):  # noqa: F811
    till.trouble(refunds_pending=True)
    payment, key = paid(gateway, till).payment_ref, uuid.uuid4()
    refund = gateway.refund(payment, 1200, key)
    assert refund.status == "pending"
    till.press(f"{till.url}/refunds/{refund.ref}/failed")
    assert gateway.find_refund(payment, key).status == "failed"


def test_lists_go_on_over_their_pages(gateway, till):  # noqa: F811
    for _ in range(3):
        paid(gateway, till)
    client = stripe.StripeClient("sk_test_sandbox", base_addresses={"api": till.url})
    page = client.v1.payment_intents.list({"limit": 2})
    assert len(page.data) == 2 and page.has_more
    assert len(list(page.auto_paging_iter())) == 3


def test_silence_and_a_lost_answer_are_told_apart_from_no(gateway, till):  # noqa: F811
    till.trouble(down=True)
    with pytest.raises(GatewayUnavailable):
        gateway.open_checkout(order())
    till.trouble(down=False, lose_answer=True)
    wanted = order()
    with pytest.raises(GatewayUnavailable):
        gateway.open_checkout(wanted)
    till.trouble(lose_answer=False)
    gateway.open_checkout(wanted)
    assert len(till.server.store.newest("checkout.session")) == 1


def test_a_key_that_is_not_known_says_nothing_about_the_payment(till):  # noqa: F811
    with pytest.raises(GatewayUnavailable):
        StripeGateway("nonsense", till.url, ()).open_checkout(order())


def test_an_unknown_name_is_refused(gateway):
    with pytest.raises(GatewayRefused):
        gateway.checkout("cs_test_nothing")


def test_both_secrets_are_valid_while_one_is_replaced(gateway, till):  # noqa: F811
    paid(gateway, till)
    body = json.dumps(till.events()[-1]).encode()
    now = int(time.time())
    for secret in ("whsec_older", SECRET):
        event = gateway.read_event(body, sign(body, secret, now))
        assert event.kind == "checkout.session.completed"
    with pytest.raises(BadSignature):
        gateway.read_event(body, sign(body, "whsec_other", now))
    with pytest.raises(BadSignature):
        gateway.read_event(body, sign(body, SECRET, now - 3600))  # an old one, sent again
    with pytest.raises(BadSignature):
        gateway.read_event(body + b" ", sign(body, SECRET, now))


def test_the_title_at_the_cashier_says_nothing_of_illness_or_medicine(gateway, till):  # noqa: F811
    gateway.open_checkout(order())
    session = till.server.store.newest("checkout.session")[0]
    assert session["title"] == "Your bill"
    assert set(session["metadata"]) == {"invoice", "checkout"}
