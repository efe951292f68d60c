"""The hospital hears of each hand-over once, beside the order that it holds."""

from __future__ import annotations

import pytest

from portal.his import connecting
from portal.his.port import OutcomeUnknown, Rejected, Unavailable
from portal.outbox.models import OutboxMessage
from portal.outbox.relaying import relay_due
from refill import dispensing, handing, hospital
from tests.contract.fake_his import FakeHis
from tests.refill.test_dispense import packing


@pytest.fixture
def fake(monkeypatch, chen):
    """A hospital in memory that keeps every promise of the port."""
    his = FakeHis()
    monkeypatch.setattr(hospital, "connect", lambda centre: his)
    monkeypatch.setattr("portal.his.sending.connect", lambda centre: his)
    yield his
    connecting.forget()


@pytest.fixture
def handed(actor, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    return handing.hand_over(actor(pharmacist), dispense, receiver="Chen Lin")


def told():
    return OutboxMessage.objects.get(kind="his.dispense")


def fills(his):
    return [order["fills"] for order in his.orders.values()]


def test_the_order_goes_first_and_the_fill_is_counted_on_it(fake, handed):
    assert told().depends_on.kind == "his.prescription"
    relay_due()
    relay_due()
    assert (told().state, fills(fake)) == ("done", [1])
    assert told().remote_ref.startswith("MedicationDispense/")


def test_told_again_it_is_the_same_fill(fake, handed):
    relay_due()
    relay_due()
    message = told()
    message.may_have_arrived = True
    assert str(hospital.write_dispense(message)) == message.remote_ref
    assert fills(fake) == [1]


@pytest.mark.parametrize(
    ("trouble", "state", "arrived"),
    [
        (Unavailable(), "pending", False),
        (OutcomeUnknown(), "unknown", True),
        (Rejected(("code-invalid",)), "rejected", False),
    ],
)
def test_three_ways_it_can_fail(fake, handed, trouble, state, arrived):
    relay_due()  # the order
    OutboxMessage.objects.filter(kind="his.dispense").update(state="pending")
    fake.trouble = trouble
    OutboxMessage.objects.filter(kind="his.dispense").update(attempts=0)
    relay_due()
    message = told()
    assert (message.state, message.may_have_arrived) == (state, arrived)


def test_an_order_that_failed_for_good_keeps_no_fill_waiting_unseen(
    fake, actor, pharmacist, dispense
):
    OutboxMessage.objects.filter(kind="his.prescription").update(state="dead")
    dispensing.pack(actor(pharmacist), dispense, packing())
    handing.hand_over(actor(pharmacist), dispense)
    relay_due()
    assert (told().depends_on, told().state) == (None, "dead")


def test_what_the_hospital_is_told_holds_no_name_in_the_message(handed):
    assert set(told().payload) == {"dispense"}


def test_handed_over_twice_is_told_once(actor, pharmacist, handed):
    handing.hand_over(actor(pharmacist), handed)
    assert OutboxMessage.objects.filter(kind="his.dispense").count() == 1
