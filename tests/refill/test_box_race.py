"""Boxes are locked in one order, first expiry first: nobody waits for them in a ring."""

from __future__ import annotations

import contextlib
import threading
from functools import partial

import pytest

from portal.accounts.actor import Actor
from refill import dispensing, recalling, stocking
from refill.dispensing import CHECKS, Packing
from refill.models import MedicationDispense, StockItem
from tests.factories.counter import LineFactory, StockItemFactory
from tests.racing import among, at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
LOCKED_OUT_S = 0.5


@pytest.fixture
def meet(monkeypatch):
    """The named deeds go on once all of them have come so far, or one is kept out."""

    def before(*names):
        here = threading.Barrier(2)
        for name in names:
            deed = getattr(stocking, name)

            def late(*args, deed=deed):
                with contextlib.suppress(threading.BrokenBarrierError):
                    here.wait(LOCKED_OUT_S)
                return deed(*args)

            monkeypatch.setattr(stocking, name, late)

    return before


def test_a_lot_is_recalled_while_its_boxes_are_packed(meet, actor, pharmacist, dispense, shelf):
    meet("use", "give_back")
    packing = Packing(tuple(CHECKS), tuple(f"BOX-{n}" for n in range(dispense.boxes)), "SEAL-9")
    packed, recalled = at_once(
        partial(dispensing.pack, actor(pharmacist), dispense, packing),
        partial(recalling.recall, actor(pharmacist), shelf.lot_number, "glass"),
    )
    dispense.refresh_from_db()
    shelf.refresh_from_db()
    assert (recalled.shelves, shelf.status, shelf.reserved) == (1, "recalled", 0)
    is_packed = dispense.status == MedicationDispense.Status.IN_PROGRESS
    assert is_packed == isinstance(packed, MedicationDispense)


def test_two_lots_are_recalled_while_their_boxes_are_kept(meet, pharmacist, line):
    """Each recall looks for other boxes in the lot that the other one closes."""
    need = stocking.boxes_for(line)
    for lot in ("A", "B"):
        StockItemFactory(
            organization=line.organization, medication=line.medication, lot_number=lot, boxes=need
        )
    stocking.reserve(line)
    stocking.reserve(
        LineFactory(
            prescription__patient=line.patient, medication=line.medication, quantity=line.quantity
        )
    )
    StockItem.objects.update(boxes=10 * need)
    meet("try_to_reserve")
    sun = Actor.of(pharmacist.user)
    told = at_once(*(partial(recalling.recall, sun, lot, "glass") for lot in ("A", "B")))
    assert [one.shelves for one in among(told, recalling.Outcome)] == [1, 1]
