"""Not handed over: a second time, then back the same day; nothing is lost silently."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from delivery import chilling, dispatch, handover, parcelling, promising, returning, settling
from delivery.models import DeliveryAttempt, RefundOrReplace, SupplyDelivery
from portal.notification.models import Notification
from portal.payment.models import ChargeItem
from portal.workflow import Refused
from refill.models import BoxCode, MedicationDispense


def told(kind):
    return Notification.objects.filter(kind=kind).count()


def test_nobody_home_means_a_second_time_and_is_told_at_once(out, fail):
    again = fail(out)
    assert (again.stage, again.holder, again.failed_attempts) == ("rescheduled", "courier", 1)
    assert again.window_start >= out.window_start
    assert told("parcel-missed") == 1


def test_the_second_failure_goes_back_the_same_day(actor, wu, out, fail):
    fail(out)
    handover.start(actor(wu), out)
    assert fail(out).stage == "returning"
    assert told("parcel-coming-back") == 1


@pytest.mark.parametrize("reason", ["refused", "wrong-address", "damaged"])
def test_some_reasons_leave_no_second_time(out, fail, reason):
    assert fail(out, reason).stage == "returning"


@pytest.mark.parametrize("reason", ["left-safe", "", "wrong-code", "seal-broken"])
def test_other_reasons_are_not_the_couriers(out, fail, reason):
    with pytest.raises(Refused):
        fail(out, reason)
    assert DeliveryAttempt.objects.count() == 0


def test_sent_twice_it_failed_once(out, fail):
    client_id = uuid.uuid4()
    fail(out, client_id=client_id)
    assert fail(out, client_id=client_id).stage == "rescheduled"
    assert DeliveryAttempt.objects.count() == 1


def test_held_at_the_centre_until_the_second_time(actor, sun, wu, other_courier, out, fail):
    fail(out)
    held = returning.receive(actor(sun), out, seal_intact=True)
    assert (held.stage, held.holder, held.courier) == ("packed", "counter", None)
    assert dispatch.claim(actor(other_courier), held).courier == other_courier
    assert RefundOrReplace.objects.count() == 0


def test_back_at_the_centre_somebody_decides_and_the_team_is_called(actor, sun, out, fail, dr_li):
    fail(out, "wrong-address")
    back = returning.receive(actor(sun), out, seal_intact=True)
    case = RefundOrReplace.objects.get(parcel=back)
    assert (back.stage, case.status) == ("returned", "requested")
    assert told("parcel-held") == told("parcel-case") == 1
    assert case.team_called_at and Notification.objects.filter(
        kind="medicine-runs-out", user=dr_li.user
    ).exists()  # fmt: skip


@pytest.mark.parametrize("reason", ["damaged", "refused"])
def test_what_cannot_be_trusted_is_put_aside_at_once(actor, sun, out, fail, reason):
    fail(out, reason)
    assert returning.receive(actor(sun), out, seal_intact=True).stage == "quarantined"
    assert told("parcel-put-aside") == 1


def test_a_broken_seal_at_the_counter_is_put_aside(actor, sun, out, fail):
    fail(out, "wrong-address")
    assert returning.receive(actor(sun), out, seal_intact=False).stage == "quarantined"


def test_only_the_pharmacist_takes_it_back(actor, wu, gao, out, fail):
    fail(out, "wrong-address")
    for somebody in (wu, gao):
        with pytest.raises(Refused):
            returning.receive(actor(somebody), out, seal_intact=True)


def test_destroyed_by_two_and_told(actor, sun, gao, out, fail):
    fail(out, "damaged")
    row = returning.receive(actor(sun), out, seal_intact=True)
    row = returning.destroy(actor(sun), row)
    assert row.stage == "quarantined"
    with pytest.raises(Refused, match="second person"):
        returning.destroy(actor(sun), row)
    row = returning.destroy(actor(gao), row)
    assert (row.stage, row.destroyed_by, row.witnessed_by) == ("destroyed", sun, gao)
    assert told("parcel-destroyed") == 1


def test_what_is_on_the_shelf_is_not_destroyed(actor, sun, parcel):
    with pytest.raises(Refused):
        returning.destroy(actor(sun), parcel)


def test_lost_is_told_and_decided(actor, wu, other_courier, out):
    with pytest.raises(Refused):
        returning.lose(actor(other_courier), out)
    lost = returning.lose(actor(wu), out)
    assert (lost.stage, lost.holder, lost.status) == ("lost", "nobody", "abandoned")
    assert told("parcel-lost") == 1
    assert RefundOrReplace.objects.get().status == "requested"


def test_handed_over_is_never_lost(actor, wu, out, confirm):
    row = confirm(out, code=out.code)
    with pytest.raises(Refused):
        returning.lose(actor(wu), row)


def test_paid_back_nothing_of_it_is_sold_again(actor, gao, wu, out):
    returning.lose(actor(wu), out)
    case = settling.refund(actor(gao), out.case, "lost on the way")
    assert case.outcome == "refunded"
    assert MedicationDispense.objects.get().status == "declined"
    assert set(BoxCode.objects.values_list("is_quarantined", flat=True)) == {True}
    assert not ChargeItem.objects.filter(withdrawn_at=None).exists()


def test_sent_again_it_is_packed_anew_for_nothing(actor, gao, wu, out, pack, set_out, confirm):
    returning.lose(actor(wu), out)
    settling.replace(actor(gao), out.case, "lost on the way")
    pack("SEAL-2")
    second = SupplyDelivery.objects.get(replaces=out)
    assert (second.stage, second.seal_numbers) == ("packed", ["SEAL-2"])
    done = confirm(set_out(second), code=second.code)
    assert done.stage == "delivered"
    fills = MedicationDispense.objects.order_by("fill").values_list("status", flat=True)
    assert list(fills) == ["declined", "completed"]


def test_settled_once(actor, gao, wu, out):
    returning.lose(actor(wu), out)
    settling.refund(actor(gao), out.case, "lost")
    out.case.refresh_from_db()
    with pytest.raises(Refused):
        settling.replace(actor(gao), out.case, "lost")
    assert MedicationDispense.objects.count() == 1


def test_what_may_still_arrive_is_neither_paid_back_nor_sent_again(actor, sun, out, fail):
    fail(out, "wrong-address")
    returning.receive(actor(sun), out, seal_intact=True)
    for deed in (settling.refund, settling.replace):
        with pytest.raises(Refused, match="aside"):
            deed(actor(sun), out.case, "why not")


def test_an_undecided_case_reaches_the_manager(actor, wu, gao, out):
    returning.lose(actor(wu), out)
    assert settling.tell_overdue() == 0
    RefundOrReplace.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    settling.tell_overdue()
    settling.tell_overdue()
    assert Notification.objects.filter(kind="parcel-case-late", user=gao).count() == 1


def test_a_late_parcel_is_told_once_a_promise(parcel):
    assert promising.tell_late() == 0
    now = timezone.now()
    SupplyDelivery.objects.update(
        window_start=now - timedelta(hours=3), window_end=now - timedelta(minutes=1)
    )
    assert (promising.tell_late(), promising.tell_late()) == (1, 0)
    assert told("parcel-late") == 1


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


def test_a_parcel_is_made_also_when_the_last_open_fill_was_declined(choose, pack, actor, sun):
    choose()
    assert parcelling.make_waiting() == 0
    pack()
    SupplyDelivery.objects.get()
    assert parcelling.make_waiting() == 0
