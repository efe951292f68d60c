"""A lot is called back: no shelf gives it out, exactly its receivers hear of it, once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.notification.models import Notification
from portal.workflow import Refused
from refill import dispensing, handing, recalling, stocking
from refill.models import Recall, StockReservation
from tests.factories import centre_day
from tests.factories.counter import StockItemFactory
from tests.refill.test_dispense import packing


@pytest.fixture
def handed(actor, pharmacist, dispense):
    dispensing.pack(actor(pharmacist), dispense, packing())
    return handing.hand_over(actor(pharmacist), dispense)


def told():
    return Notification.objects.filter(kind="medicine-recalled")


@pytest.mark.parametrize("known_by", ["lot", "box"])
def test_every_receiver_is_told_once_however_often_it_is_pressed(
    actor, pharmacist, handed, shelf, chen, known_by
):
    number = shelf.lot_number if known_by == "lot" else "BOX-1"
    for _turn in range(2):
        done = recalling.recall(actor(pharmacist), number, "particles")
        assert (done.told, done.to_call) == (1, ())
    assert list(told().values_list("user", flat=True)) == [chen.user_id]
    assert Recall.objects.get().lot_number == shelf.lot_number


def test_nobody_else_is_told(actor, pharmacist, handed, shelf):
    other = StockItemFactory(organization=shelf.organization, medication=shelf.medication)
    assert recalling.recall(actor(pharmacist), other.lot_number, "particles").told == 0
    assert not told().exists()


def test_an_unknown_number_is_refused(actor, pharmacist, handed):
    with pytest.raises(Refused):
        recalling.recall(actor(pharmacist), "no such lot", "particles")


def test_a_packed_bag_stays_and_a_kept_box_moves_to_another_lot(actor, pharmacist, dispense, shelf):
    spare = StockItemFactory(
        organization=shelf.organization, medication=shelf.medication, boxes=10,
        expires=shelf.expires + timedelta(days=30),
    )  # fmt: skip
    recalling.recall(actor(pharmacist), shelf.lot_number, "particles")
    assert StockReservation.objects.get(status="held").item == spare
    recalling.recall(actor(pharmacist), spare.lot_number, "particles")
    with pytest.raises(Refused, match="no longer there"):
        dispensing.pack(actor(pharmacist), dispense, packing())


def test_a_bag_with_a_recalled_lot_is_not_handed_over(actor, pharmacist, dispense, shelf):
    dispensing.pack(actor(pharmacist), dispense, packing())
    recalling.recall(actor(pharmacist), shelf.lot_number, "particles")
    assert not told().exists()
    with pytest.raises(Refused, match="recalled"):
        handing.hand_over(actor(pharmacist), dispense)


def test_a_recalled_lot_is_received_nowhere(actor, pharmacist, shelf, line):
    recalling.recall(actor(pharmacist), shelf.lot_number, "particles")
    later = centre_day.today() + timedelta(days=400)
    with pytest.raises(Refused, match="recalled"):
        stocking.receive(actor(pharmacist), line.medication, shelf.lot_number, later, 5)


def test_who_has_no_account_is_to_be_called(actor, pharmacist, handed, shelf, chen):
    type(chen).objects.filter(pk=chen.pk).update(user=None)
    (row,) = recalling.recall(actor(pharmacist), shelf.lot_number, "particles").to_call
    assert row.patient_name == chen.name


def test_the_page_shows_and_tells(as_person, pharmacist, handed, shelf, chen):
    counter = as_person(pharmacist)
    page = counter.post(reverse("refill:recall"), {"number": "BOX-1"})
    assert chen.name in page.content.decode() and shelf.lot_number in page.content.decode()
    said = {"number": shelf.lot_number, "reason": "particles"}
    assert counter.post(reverse("refill:recall_tell"), said | {"reason": ""}).status_code == 422
    assert counter.post(reverse("refill:recall_tell"), said).status_code == 302
    assert told().count() == 1


def test_the_command_lists_and_tells(pharmacist, handed, shelf, capsys):
    by = pharmacist.user.username
    call_command("recall", shelf.lot_number, by=by, look=True, json=True)
    assert len(json.loads(capsys.readouterr().out)["receivers"]) == 1
    assert not told().exists()
    call_command("recall", "BOX-1", by=by, reason="particles")
    assert "told: 1" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("recall", shelf.lot_number, by="dr_li", reason="x")
