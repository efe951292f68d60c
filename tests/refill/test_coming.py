"""What was prescribed in a visit is on its way: nobody is told that it was not ordered."""

from __future__ import annotations

import pytest

from portal.record import prescribing
from refill import dispensing, handing, listing, picturing, requesting, reviewing
from refill.models import Shortage
from refill.rules import Answers
from refill.triaging import Readings
from refill.worklist import not_ordered
from tests.refill.asking import a_record, ask
from tests.refill.conftest import GOOD
from tests.refill.test_dispense import packing

NOT_ORDERED = "You have NOT ordered"


@pytest.fixture
def home(as_person, chen):
    client = as_person(chen)
    return lambda: client.get("/home/").content.decode()


def only(chen):
    (row,) = listing.to_choose(chen)
    return row


def test_signed_it_is_with_the_pharmacist(prescription, review, home, chen, actor):
    page = home()
    assert NOT_ORDERED not in page and "The pharmacist checks it." in page
    assert not_ordered(actor(chen)) is None
    assert not only(chen).can_be_chosen


def test_passed_it_waits_to_be_paid(actor, pharmacist, review, shelf, home):
    reviewing.pass_(actor(pharmacist), review, GOOD)
    page = home()
    assert NOT_ORDERED not in page and "choose how to receive it and pay" in page


def test_paid_and_packed_it_says_so(actor, chen, pharmacist, dispense, home):
    assert "Paid. The pharmacist packs it." in home()
    dispensing.pack(actor(pharmacist), dispense, packing())
    page = home()
    assert NOT_ORDERED not in page and "It is packed and sealed." in page


def test_in_her_hands_the_day_moves_and_nothing_is_on_its_way(actor, chen, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    handing.hand_over(actor(pharmacist), dispense)
    row = only(chen)
    assert (row.coming, row.is_due) == (None, False)
    assert row.supply.days_left > 20


def test_sent_back_the_doctor_corrects_it(actor, pharmacist, review, home):
    reviewing.return_(actor(pharmacist), review, GOOD, "the dose")
    page = home()
    assert NOT_ORDERED not in page and "asked your doctor to correct it" in page


@pytest.mark.parametrize("end", ["taken back", "refused", "not handed over", "out of stock"])
def test_what_came_to_nothing_was_not_ordered(
    request, actor, dr_li, pharmacist, prescription, review, shelf, home, end
):
    if end == "refused":
        reviewing.refuse(actor(pharmacist), review, GOOD, "no")
    elif end == "taken back":
        prescribing.cancel(actor(dr_li), prescription, "an allergy")
    elif end == "not handed over":
        fill = request.getfixturevalue("dispense")
        handing.decline(actor(pharmacist), fill, "out-of-stock")
    else:
        shelf.delete()
        reviewing.pass_(actor(pharmacist), review, GOOD)
        assert Shortage.objects.count() == 1
    assert NOT_ORDERED in home()


def test_nobody_orders_it_a_second_time(actor, chen, prescription):
    marks = [only(chen).supply.mark]
    basket = requesting.ask(actor(chen), chen, marks, Answers(), Readings())
    (row,) = basket.requests
    assert (row.status, row.rule) == ("rejected", "R77")
    assert "on its way" in row.sentence


def test_asked_before_the_visit_the_doctor_is_told_at_the_request(request, actor, chen, catalogue):
    a_record(chen)
    row = ask(actor, chen)
    request.getfixturevalue("prescription")
    (picture,) = picturing.pictures([row], None)
    assert (picture.answer.kind, picture.answer.rule) == ("not-allowed", "R77")
    assert not picture.is_stable
