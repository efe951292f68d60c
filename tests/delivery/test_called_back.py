"""A medicine ends while its parcel travels: the courier turns round, and the resident hears it."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from delivery import collecting, dispatch, handover, receivers, returning, settling
from delivery.models import RefundOrReplace, SupplyDelivery
from portal.accounts.actor import SYSTEM
from portal.notification.models import Notification
from portal.outbox.models import OutboxMessage
from portal.workflow import Refused
from refill import handing, recalling
from refill.models import BoxCode, MedicationDispense, StockItem


@pytest.fixture
def relayed():
    """The outbox hands over what was asked of the courier."""

    def now():
        for message in OutboxMessage.objects.filter(kind="parcel.call-back"):
            receivers.bring_back(message)

    return now


@pytest.fixture
def declined(actor, sun, relayed):
    def this_fill(row):
        handing.decline(actor(sun), row.lines.order_by("pk").first().dispense, "ended")
        relayed()
        row.refresh_from_db()
        return row

    return this_fill


def told(kind, user):
    return Notification.objects.filter(kind=kind, user=user).count()


def test_on_its_way_it_turns_round_and_everybody_hears_it(out, declined, chen, wu):
    back = declined(out)
    assert (back.stage, back.stage_reason, back.holder) == ("returning", "called-back", "courier")
    assert told("parcel-called-back", chen.user) == 1
    assert told("parcel-bring-back", wu) == 1
    assert RefundOrReplace.objects.get(parcel=out).status == "requested"


def test_the_courier_reads_it_on_the_page_and_in_the_list(as_person, out, declined, wu):
    declined(out)
    client = as_person(wu)
    for url in (
        reverse("delivery:courier_parcel", args=[out.pk]), reverse("delivery:on_the_way")
    ):  # fmt: skip
        assert "back today" in client.get(url).content.decode().lower()


def test_also_between_two_tries(out, fail, declined):
    fail(out)
    assert declined(out).stage == "returning"


def test_before_anybody_set_out_it_is_put_aside_where_it_lies(actor, wu, parcel, declined):
    dispatch.claim(actor(wu), parcel)
    aside = declined(parcel)
    assert (aside.stage, aside.courier, aside.holder) == ("quarantined", None, "counter")
    assert told("parcel-bring-back", wu) == 1
    assert dispatch.pool(actor(wu)).count() == 0


def test_what_waits_at_the_counter_is_not_collected_any_more(
    actor, sun, out, fail, declined, relayed
):
    fail(out, "wrong-address")
    returning.receive(actor(sun), out, seal_intact=True)
    assert declined(out).stage == "quarantined"


def test_at_the_door_it_is_refused_even_before_the_courier_heard(
    actor, sun, chen, out, confirm, relayed
):
    handing.decline(actor(sun), out.lines.get().dispense, "ended")
    back = confirm(out, code=out.code)
    assert (back.stage, back.stage_reason) == ("returning", "called-back")
    relayed()
    out.refresh_from_db()
    assert out.stage == "returning"
    assert returning.receive(actor(sun), out, seal_intact=True).stage == "quarantined"


def test_nobody_sets_out_with_it(actor, sun, wu, parcel):
    row = dispatch.claim(actor(wu), parcel)
    handing.decline(actor(sun), parcel.lines.get().dispense, "ended")
    with pytest.raises(Refused, match="called back"):
        handover.start(actor(wu), row, scanned=row.number)


def test_nor_is_it_given_out_at_the_counter_in_the_moment_between(actor, sun, out, fail):
    fail(out, "wrong-address")
    row = returning.receive(actor(sun), out, seal_intact=True)
    handing.decline(actor(sun), out.lines.get().dispense, "ended")
    with pytest.raises(Refused, match="called back"):
        collecting.collect(actor(sun), row, code=row.code, client_id=uuid.uuid4())


def test_a_recalled_lot_calls_its_parcels_back_at_once(actor, sun, shelf, out, relayed, wu):
    recalling.recall(actor(sun), shelf.lot_number, "the maker calls it back")
    relayed()
    out.refresh_from_db()
    assert (out.stage, out.stage_reason) == ("returning", "recalled")
    assert told("parcel-bring-back", wu) == 1
    assert returning.receive(actor(sun), out, seal_intact=True).stage == "quarantined"


def test_the_rest_of_the_parcel_is_sent_again_and_the_declined_one_is_not(
    actor, sun, gao, second_medicine, choose, pack, carrier, set_out, declined
):
    choose()
    pack()
    row = declined(set_out(SupplyDelivery.objects.get()))
    returning.receive(actor(sun), row, seal_intact=True)
    settling.replace(actor(gao), row.case, "the rest is needed")
    again = MedicationDispense.objects.to_pack()
    assert [fill.fill for fill in again] == [2]
    assert MedicationDispense.objects.filter(status="declined").count() == 2


def test_of_a_parcel_with_nothing_left_in_it_nothing_is_sent_again(actor, sun, gao, out, declined):
    row = declined(out)
    returning.receive(actor(sun), row, seal_intact=True)
    with pytest.raises(Refused, match="pay it back"):
        settling.replace(actor(gao), row.case, "please")
    assert settling.refund(actor(gao), row.case, "ended").outcome == "refunded"
    assert set(BoxCode.objects.values_list("is_quarantined", flat=True)) == {True}


def test_the_pharmacist_calls_it_back_when_the_doctor_rings(as_person, sun, out, wu):
    page = reverse("delivery:counter_parcel", args=[out.pk])
    client = as_person(sun)
    assert "Call it back" in client.get(page).content.decode()
    client.post(reverse("delivery:counter_act", args=[out.pk, "call-back"]))
    out.refresh_from_db()
    assert out.stage == "returning"


def test_nobody_else_calls_back(actor, wu, gao, chen, out):
    for somebody in (wu, gao, chen):
        with pytest.raises(Refused):
            returning.call_back(actor(somebody), out)


def test_what_was_handed_over_or_lost_stays_so(actor, wu, out, confirm):
    done = confirm(out, code=out.code)
    assert returning.call_back(SYSTEM, done).stage == "delivered"
    assert StockItem.objects.filter(status="recalled").count() == 0
