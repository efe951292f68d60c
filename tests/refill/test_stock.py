"""Boxes on the shelf: none promised twice, the first to expire first out."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from portal.workflow import Refused
from refill import stocking
from refill.models import StockItem, StockMovement, StockReservation
from tests.factories import centre_day
from tests.factories.counter import LineFactory, StockItemFactory
from tests.racing import among, at_once

LATER = centre_day.today() + timedelta(days=200)


@pytest.fixture
def line(chen):
    """Chen needs two boxes of fourteen."""
    return LineFactory(prescription__patient=chen)


@pytest.fixture
def shelf(line):
    def put(boxes, days=365, **facts):
        return StockItemFactory(
            organization=facts.pop("organization", line.organization),
            medication=line.medication,
            expires=centre_day.today() + timedelta(days=days),
            boxes=boxes,
            **facts,
        )

    return put


def test_a_broken_box_counts_as_a_whole_one(line):
    line.quantity = 29
    assert stocking.boxes_for(line) == 3


def test_received_boxes_stand_on_the_shelf(actor, sun, line):
    stocking.receive(actor(sun), line.medication, "A1", LATER, 5)
    item = stocking.receive(actor(sun), line.medication, "A1", LATER, 3)
    assert item.boxes == 8
    assert StockMovement.objects.count() == 2


@pytest.mark.parametrize(("days", "boxes"), [(0, 1), (-1, 1), (10, 0), (10, -5)])
def test_what_cannot_be_received_changes_nothing(actor, sun, line, days, boxes):
    expires = centre_day.today() + timedelta(days=days)
    with pytest.raises(Refused):
        stocking.receive(actor(sun), line.medication, "A1", expires, boxes)
    assert not StockItem.objects.exists()


def test_one_lot_has_one_expiry_date(actor, sun, line):
    stocking.receive(actor(sun), line.medication, "A1", LATER, 5)
    with pytest.raises(Refused):
        stocking.receive(actor(sun), line.medication, "A1", LATER + timedelta(days=1), 5)


def test_the_first_to_expire_goes_first(line, shelf):
    late, soon = shelf(5, days=300), shelf(1, days=90)
    kept = {row.item_id: row.boxes for row in stocking.reserve(line)}
    assert kept == {soon.pk: 1, late.pk: 1}


def test_a_lot_that_expires_during_the_course_is_left(line, shelf):
    shelf(5, days=line.days)
    with pytest.raises(stocking.OutOfStock):
        stocking.reserve(line)


def test_all_boxes_or_none(line, shelf):
    item = shelf(1)
    with pytest.raises(stocking.OutOfStock):
        stocking.reserve(line)
    item.refresh_from_db()
    assert item.reserved == 0


def test_asking_twice_keeps_the_boxes_once(line, shelf):
    item = shelf(5)
    assert stocking.reserve(line) == stocking.reserve(line)
    item.refresh_from_db()
    assert item.reserved == 2


def test_released_boxes_are_free_again(line, shelf):
    item = shelf(2)
    stocking.reserve(line)
    stocking.release(line)
    stocking.release(line)
    item.refresh_from_db()
    assert (item.boxes, item.reserved) == (2, 0)


def test_promised_boxes_cannot_be_counted_away(actor, sun, line, shelf):
    item = shelf(5)
    stocking.reserve(line)
    with pytest.raises(Refused):
        stocking.correct(actor(sun), item, 1, "broken")
    assert stocking.correct(actor(sun), item, 2, "broken").boxes == 2


def test_recalled_boxes_are_not_offered(line, shelf):
    shelf(5, status=StockItem.Status.RECALLED)
    assert stocking.available(line.medication, line.organization, centre_day.today()) == 0


def test_another_centre_that_has_it_is_named(line, shelf, other_centre):
    shelf(5, organization=other_centre)
    assert stocking.elsewhere(line) == [other_centre]


def test_the_database_never_promises_more_than_there_is(shelf):
    item = shelf(1)
    item.reserved = 2
    with pytest.raises(IntegrityError), transaction.atomic():
        item.save()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_last_box_is_kept_for_one(chen, neighbour):
    first = LineFactory(prescription__patient=chen, quantity=14)
    shelf = StockItemFactory(organization=first.organization, medication=first.medication, boxes=1)
    lines = [first] + [
        LineFactory(prescription__patient=neighbour, medication=first.medication, quantity=14)
        for _ in range(7)
    ]
    refused = (stocking.OutOfStock,)
    told = at_once(*(partial(stocking.reserve, line) for line in lines), expected=refused)
    shelf.refresh_from_db()
    assert len(among(told, *refused)) == len(lines) - 1
    assert shelf.reserved == StockReservation.objects.count() == 1
