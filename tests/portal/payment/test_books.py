"""Money in any order: at every step what was kept is what is owed, and nothing is doubled."""

from __future__ import annotations

import contextlib
import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import integers, sampled_from

from portal.accounts.actor import SYSTEM
from portal.payment import invoicing, paying, reconciling, refunding
from portal.payment.gateway import CheckoutState, OpenedCheckout, RefundState
from portal.payment.models import Checkout, Invoice, Refund
from portal.workflow import Refused
from tests.factories.people import PatientFactory

KINDS = ("consultation", "medicine", "delivery")


class CashierInMemory:
    """Pages and payments as the portal's port sees them."""

    name = "memory"

    def __init__(self) -> None:
        self.sessions: dict[str, CheckoutState] = {}
        self.given: dict[uuid.UUID, RefundState] = {}

    def open_checkout(self, order):
        ref = f"cs_{order.key}"
        state = CheckoutState(ref, "open", False, "", order.amount_minor, order.currency)
        self.sessions.setdefault(ref, state)
        return OpenedCheckout(ref, "https://cashier.test/" + ref, datetime.now(UTC) + timedelta(1))

    def checkout(self, ref):
        return self.sessions[ref]

    def expire_checkout(self, ref):
        state = self.sessions[ref]
        if state.status == "open":
            state = CheckoutState(ref, "expired", False, "", state.amount_minor, state.currency)
            self.sessions[ref] = state
        return state

    def pay(self, ref):
        state = self.sessions[ref]
        if state.status == "open":
            self.sessions[ref] = CheckoutState(
                ref, "complete", True, "pi_" + ref, state.amount_minor, state.currency
            )

    def find_refund(self, payment_ref, key):
        return self.given.get(key)

    def refund(self, payment_ref, amount_minor, key):
        state = RefundState(f"re_{key}", "succeeded", amount_minor, str(key))
        return self.given.setdefault(key, state)


class Money(RuleBasedStateMachine):
    """A resident, a cashier and their news in every order."""

    def __init__(self) -> None:
        super().__init__()
        self.patient = PatientFactory()
        self.things = [PatientFactory() for _ in KINDS]
        self.till = CashierInMemory()
        paying.cashier = refunding.cashier = lambda: self.till
        invoice = invoicing.open_for(self.patient)
        for kind, thing in zip(KINDS, self.things, strict=True):
            invoicing.add_line(SYSTEM, invoice, kind, thing, 1000)
        self.invoice = invoicing.issue(SYSTEM, invoice)

    def now(self) -> Invoice:
        return Invoice.objects.get(pk=self.invoice.pk)

    def refunds(self):
        return Refund.objects.filter(receipt__invoice=self.invoice)

    @rule()
    def press_pay(self):
        try:
            row = paying.checkout(SYSTEM, self.now(), self.now().version)
            assert row.amount_minor == self.now().owed_minor
        except Refused:
            assert self.now().status != Invoice.Status.ISSUED

    @precondition(lambda self: self.till.sessions)
    @rule(data=integers(0, 9))
    def pay_at_the_cashier(self, data):
        self.till.pay(sorted(self.till.sessions)[data % len(self.till.sessions)])

    @rule()
    def news_arrives(self):
        for row in Checkout.objects.filter(invoice=self.invoice):
            paying.settle(row)

    @rule()
    def leave(self):
        paying.leave(SYSTEM, self.now())

    @rule(which=sampled_from(range(len(KINDS))))
    def drop_one(self, which):
        refunding.refund_row(SYSTEM, self.things[which], "out-of-stock")

    @rule()
    def refunds_go_out(self):
        for refund in self.refunds().filter(status=Refund.Status.REQUESTED):
            refunding.pay_back(refund)

    @rule(which=sampled_from(range(len(KINDS))), amount=integers(1, 1500))
    def give_back_a_part(self, which, amount):
        line = invoicing.lines_of(self.things[which])[0]
        with contextlib.suppress(Refused):
            refunding.refund_line(SYSTEM, line, amount, "part", uuid.uuid4())

    @invariant()
    def the_books_hold(self):
        invoice = self.now()
        taken = sum(s.amount_minor for s in self.till.sessions.values() if s.is_paid)
        given = sum(state.amount_minor for state in self.till.given.values())
        asked = sum(r.amount_minor for r in self.refunds().filter(status__in=refunding.LIVE))
        assert 0 <= invoice.refunded_minor <= invoice.captured_minor <= taken
        assert given == invoice.refunded_minor
        assert list(reconciling.own_books()) == []
        if invoice.status == Invoice.Status.CANCELLED:
            assert asked == invoice.captured_minor
        if invoice.status == Invoice.Status.BALANCED:
            kept = sum(
                refunding.refundable(line) for line in invoice.lines.filter(withdrawn_at=None)
            )
            assert invoice.captured_minor - asked == kept


class TestMoney(TestCase):
    def test_captured_is_owed_less_what_went_back_in_any_order(self):
        before = paying.cashier, refunding.cashier
        try:
            run_state_machine_as_test(
                Money,
                settings=settings(
                    max_examples=25,
                    stateful_step_count=15,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    phases=(Phase.explicit, Phase.generate),
                ),
            )
        finally:
            paying.cashier, refunding.cashier = before
