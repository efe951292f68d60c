"""Two to eight degrees, read at the counter, on the way and at the door (R95)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from delivery import chilling, dispatch, handover, returning
from delivery.models import SupplyDelivery
from portal.workflow import Refused


@pytest.fixture
def cold(parcel, carrier):
    carrier.carries_cold = True
    carrier.save()
    SupplyDelivery.objects.update(is_cold=True)
    parcel.refresh_from_db()
    return parcel


def read(celsius, minutes_ago=0):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return chilling.Reading(at, Decimal(celsius))


def test_a_cold_parcel_leaves_and_is_given_only_with_a_fresh_reading(actor, wu, cold, confirm):
    row = dispatch.claim(actor(wu), cold)
    with pytest.raises(Refused, match="thermometer"):
        handover.start(actor(wu), row, scanned=row.number)
    chilling.record(actor(wu), row, [read("4.0")])
    out = handover.start(actor(wu), row, scanned=row.number)
    assert confirm(out, code=out.code).stage == "delivered"


def test_an_old_reading_is_not_fresh(actor, wu, cold):
    row = dispatch.claim(actor(wu), cold)
    chilling.record(actor(wu), row, [read("4.0", 45)])
    with pytest.raises(Refused, match="thermometer"):
        handover.start(actor(wu), row, scanned=row.number)


@pytest.mark.parametrize("celsius", ["9.0", "8.1", "1.9", "-1.0"])
def test_one_point_out_of_the_range_blocks_the_hand_over(actor, wu, sun, cold, confirm, celsius):
    row = dispatch.claim(actor(wu), cold)
    chilling.record(actor(wu), row, [read("5.0")])
    out = handover.start(actor(wu), row, scanned=row.number)
    chilling.record(actor(wu), out, [read(celsius), read("5.0", 1)])
    back = confirm(out, code=out.code)
    assert (back.stage, back.stage_reason) == ("returning", "too-warm")
    assert returning.receive(actor(sun), back, seal_intact=True).stage == "quarantined"


@pytest.mark.parametrize("celsius", ["2.0", "8.0"])
def test_the_ends_of_the_range_are_inside(actor, wu, cold, celsius):
    chilling.record(actor(wu), cold, [read(celsius)])
    assert not chilling.spoiled(cold)


def test_the_box_holds_the_cold_for_so_long(actor, wu, cold, confirm):
    row = dispatch.claim(actor(wu), cold)
    chilling.record(actor(wu), row, [read("5.0")])
    out = handover.start(actor(wu), row, scanned=row.number)
    SupplyDelivery.objects.update(out_at=timezone.now() - timedelta(minutes=181))
    assert confirm(out, code=out.code).stage == "returning"


def test_cold_goes_straight_back(actor, wu, cold, fail):
    row = dispatch.claim(actor(wu), cold)
    chilling.record(actor(wu), row, [read("5.0")])
    out = handover.start(actor(wu), row, scanned=row.number)
    assert fail(out).stage == "returning"


def test_an_impossible_reading_is_refused_and_the_same_point_counts_once(actor, wu, cold):
    for wrong in (read("99"), read("4", -10)):
        with pytest.raises(Refused):
            chilling.record(actor(wu), cold, [wrong])
    point = read("4.0")
    assert chilling.record(actor(wu), cold, [point]) == 1
    assert chilling.record(actor(wu), cold, [point, point]) == 0


def test_a_warm_parcel_needs_no_reading(actor, wu, parcel):
    with pytest.raises(Refused):
        chilling.record(actor(wu), parcel, [read("4.0")])
