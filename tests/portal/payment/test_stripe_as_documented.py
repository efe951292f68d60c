"""A server that speaks as Stripe documents, and not as our own sandbox does."""

from __future__ import annotations

import json
import threading
import time
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.payment import paying, refunding, stripe_gateway
from portal.payment.models import Checkout, Receipt, Refund
from portal.sandbox.cashier.hooks import sign
from tests.factories.money import bill, paid_bill
from tests.portal.payment.conftest import SECRET

IN_TIME_S = 2.0  # a busy machine answers within it


class Documented:
    """Sessions, refunds, idempotency keys; each answer can be replaced by the next trouble."""

    def __init__(self):
        self.sessions, self.refunds, self.answers = {}, {}, {}
        self.trouble, self.asked = [], []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _handler(self):
        books = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                self.say(*books.answer("GET", self.path, {}, ""))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                form = {name: values[0] for name, values in parse_qs(body).items()}
                key = self.headers.get("Idempotency-Key", "")
                self.say(*books.answer("POST", self.path, form, key))

            def say(self, status, thing):
                data = thing if isinstance(thing, bytes) else json.dumps(thing).encode()
                try:
                    self.send_response(status)
                    self.send_header("Request-Id", "req_1")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # the client hung up: its answer is lost

        return Handler

    def answer(self, method, path, form, key):
        self.asked.append((method, path, key))
        trouble = self.trouble.pop(0) if self.trouble else None
        if isinstance(trouble, tuple):
            return trouble
        if int(form.get("expires_at", 1 << 40)) < time.time() + 1800:
            return refusal(400, "invalid_request_error")  # a page lasts half an hour at least
        if key and key in self.answers:
            return 200, self.answers[key]
        thing = self.carry_out(method, path.partition("?")[0], form)
        if key:
            self.answers[key] = thing
        if trouble == "late":
            time.sleep(IN_TIME_S + 0.5)
        return 200, thing

    def carry_out(self, method, path, form):
        if path == "/v1/checkout/sessions":
            name = f"cs_{len(self.sessions)}"
            self.sessions[name] = {
                "id": name, "object": "checkout.session", "status": "open",
                "payment_status": "unpaid", "payment_intent": None, "currency": "cny",
                "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
                "expires_at": int(form["expires_at"]), "url": f"https://pay.example/{name}",
                "livemode": False, "metadata": {"invoice": form["metadata[invoice]"]},
            }  # fmt: skip
            return self.sessions[name]
        if path == "/v1/refunds" and method == "POST":
            name = f"re_{len(self.refunds)}"
            self.refunds[name] = {
                "id": name, "object": "refund", "status": "succeeded", "currency": "cny",
                "amount": int(form["amount"]), "payment_intent": form["payment_intent"],
                "metadata": {"key": form["metadata[key]"]},
            }  # fmt: skip
            return self.refunds[name]
        if path == "/v1/refunds":
            rows = list(self.refunds.values())
            return {"object": "list", "data": rows, "has_more": False, "url": "/v1/refunds"}
        return self.sessions[path.split("/")[4]]

    def pay(self, name):
        """Paid; the payment stands there whole, as an expandable object may."""
        intent = {"id": f"pi_{name}", "object": "payment_intent", "status": "succeeded"}
        self.sessions[name] |= {
            "status": "complete", "payment_status": "paid", "payment_intent": intent
        }  # fmt: skip


def refusal(status, kind, code=""):
    return status, {"error": {"type": kind, "code": code, "message": "no"}}


BROKEN = [
    refusal(409, "invalid_request_error", "idempotency_key_in_use"),
    refusal(429, "invalid_request_error", "rate_limit"),
    refusal(500, "api_error"),
    refusal(401, "invalid_request_error"),
    refusal(403, "invalid_request_error"),
    (200, b"<html>not json</html>"),
    (200, {"id": "cs_9", "object": "checkout.session"}),
]


@pytest.fixture
def documented(settings, monkeypatch):
    books = Documented()
    thread = threading.Thread(target=books.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.STRIPE_API_BASE, settings.STRIPE_API_KEY = books.url, f"sk_test_{uuid.uuid4().hex}"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(stripe_gateway, "SECONDS", IN_TIME_S)
    yield books
    books.server.shutdown()
    thread.join()
    books.server.server_close()


@pytest.fixture
def press(as_person, chen):
    client = as_person(chen)

    def pay(invoice):
        invoice.refresh_from_db()
        url = reverse("payment:pay", args=[invoice.pk])
        return client.post(url, {"version": invoice.version})

    return pay


def test_paid_through_a_whole_object_it_is_booked_once(documented, press, chen):
    invoice = bill(chen, medicine=1380)
    assert press(invoice)["Location"] == "https://pay.example/cs_0"
    documented.pay("cs_0")
    for _twice in range(2):
        paying.settle(Checkout.objects.get())
    assert Receipt.objects.get().gateway_ref == "pi_cs_0"
    invoice.refresh_from_db()
    assert (invoice.status, invoice.captured_minor) == ("balanced", 3880)


@pytest.mark.parametrize("trouble", BROKEN, ids=lambda row: str(row[0]))
def test_a_broken_answer_charges_nothing_and_the_next_tap_opens_one_page(
    documented, press, chen, trouble
):
    invoice = bill(chen)
    documented.trouble = [trouble]
    answer = press(invoice)
    assert answer.status_code == 503
    assert "Nothing has been charged" in answer.content.decode()
    assert press(invoice).status_code == 303
    keys = {key for method, _path, key in documented.asked if method == "POST"}
    assert (len(keys), len(documented.sessions)) == (1, 1)


def test_an_answer_that_came_too_late_is_the_same_page_afterwards(documented, press, chen):
    invoice = bill(chen)
    documented.trouble = ["late"]
    assert press(invoice).status_code == 503
    assert press(invoice)["Location"] == "https://pay.example/cs_0"
    assert len(documented.sessions) == 1


@pytest.mark.parametrize("trouble", [*BROKEN[:5], "late"], ids=str)
def test_a_refund_in_trouble_is_not_failed_and_never_sent_twice(documented, actor, chen, trouble):
    invoice = paid_bill(bill(chen))
    line = invoice.lines.get()
    refund = refunding.refund_line(actor(chen), line, 2500, "mistake", uuid.uuid4())
    documented.trouble = [None, trouble]  # the list is read, then the refund is asked for
    with pytest.raises(stripe_gateway.GatewayUnavailable):
        refunding.pay_back(refund)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.REQUESTED
    refunding.pay_back(refund)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    assert [row["amount"] for row in documented.refunds.values()] == [2500]


def test_a_refund_that_is_refused_fails_and_is_told(documented, actor, chen, gao):
    invoice = paid_bill(bill(chen))
    refund = refunding.refund_line(actor(chen), invoice.lines.get(), 100, "mistake", uuid.uuid4())
    documented.trouble = [None, refusal(402, "card_error", "charge_already_refunded")]
    refunding.pay_back(refund)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.FAILED


def test_while_an_older_page_may_have_been_paid_nobody_says_that_nothing_was_charged(
    documented, press, chen
):
    invoice = bill(chen)
    press(invoice)
    documented.pay("cs_0")
    Checkout.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    documented.trouble = [refusal(500, "api_error")]
    answer = press(invoice)
    assert answer.status_code == 503
    assert "being checked" in answer.content.decode()
    assert "Nothing has been charged" not in answer.content.decode()
    assert press(invoice).status_code == 409  # asked again, it was paid: never a second page
    assert len(documented.sessions) == 1 and Receipt.objects.count() == 1


def test_a_page_the_cashier_never_heard_of_is_asked_for_anew_in_time(documented, press, chen):
    invoice = bill(chen)
    documented.trouble = [refusal(500, "api_error")]
    press(invoice)
    now = timezone.now()
    Checkout.objects.update(
        created=now - timedelta(minutes=31), expires_at=now + timedelta(minutes=29)
    )
    assert press(invoice).status_code == 303
    (open_one,) = Checkout.objects.filter(status="open")
    assert open_one.expires_at > timezone.now() + timedelta(minutes=50)


NAMES = ["\ud800", "a\0b", "e" * 5000, "", 5, None, {"a": 1}]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:20])
@pytest.mark.parametrize("place", ["event", "object"])
def test_a_signed_event_with_a_name_that_is_none_is_refused(documented, client, name, place):
    event = {"id": "evt_1", "object": "event", "type": "checkout.session.completed"}
    thing = {"id": name if place == "object" else "cs_0", "object": "checkout.session"}
    event |= {"id": name if place == "event" else "evt_1", "data": {"object": thing}}
    body = json.dumps(event).encode()
    headers = {"Stripe-Signature": sign(body, SECRET, int(time.time()))}
    answer = client.post(
        reverse("payment:webhook"), body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 400
