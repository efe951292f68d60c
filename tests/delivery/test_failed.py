"""Not handed over: a second time, then back the same day; nothing is lost silently."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from delivery import dispatch, handover, parcelling, promising, returning, settling
from delivery.models import DeliveryAttempt, RefundOrReplace, SupplyDelivery
from portal.accounts.actor import SYSTEM
from portal.notification.models import Notification
from portal.payment import refunding
from portal.payment.models import ChargeItem
from portal.record.facts import AllergyFact
from portal.workflow import Refused
from refill import dispensing, handing
from refill.dispensing import CHECKS, Packing
from refill.models import BoxCode, MedicationDispense, StockItem
from tests.factories import centre_day
from tests.factories.record import days_ago, record_of
from tests.refill.conftest import TAKEN


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


def has_left(chen, days):
    """What the hospital knows: so many days of amlodipine are left at home."""
    taken = replace(TAKEN, authored=days_ago(28 - days))
    record_of(chen, allergies=[AllergyFact("", none_known=True)], medicines=[taken])


@pytest.mark.parametrize(("left", "is_called"), [(3, False), (2, True), (0, True)])
def test_back_at_the_centre_somebody_decides_and_who_runs_out_is_called(
    actor, sun, out, fail, chen, dr_li, gao, left, is_called
):
    has_left(chen, left)
    fail(out, "wrong-address")
    back = returning.receive(actor(sun), out, seal_intact=True)
    case = RefundOrReplace.objects.get(parcel=back)
    assert (back.stage, case.status, case.days_left) == ("returned", "requested", left)
    assert told("parcel-held") == 1
    assert Notification.objects.filter(kind="parcel-case", user=sun).exists()
    called = Notification.objects.filter(kind="medicine-runs-out")
    assert set(called.values_list("user", flat=True)) == (
        {dr_li.user.pk, gao.pk} if is_called else set()
    )


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


@pytest.mark.parametrize(("left", "is_called"), [(3, False), (0, True)])
def test_the_new_parcel_is_promised_before_she_runs_out_or_the_team_is_called(
    actor, gao, wu, out, pack, chen, left, is_called
):
    has_left(chen, left)
    lost = returning.lose(actor(wu), out)
    settling.replace(actor(gao), lost.case, "lost on the way")
    pack("SEAL-2")
    again, case = SupplyDelivery.objects.get(replaces=out), RefundOrReplace.objects.get()
    runs_out = centre_day.today() + timedelta(days=left)
    assert bool(case.team_called_at) == is_called
    assert is_called or timezone.localdate(again.window_end) <= runs_out


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


def test_a_late_parcel_is_told_once_a_promise(parcel, gao):
    assert promising.tell_late() == 0
    now = timezone.now()
    SupplyDelivery.objects.update(
        window_start=now - timedelta(hours=3), window_end=now - timedelta(minutes=1)
    )
    assert (promising.tell_late(), promising.tell_late()) == (1, 0)
    assert told("parcel-late") == 1
    assert Notification.objects.filter(kind="parcel-not-moving", user=gao).count() == 1


def test_a_recalled_medicine_is_not_handed_over(actor, sun, shelf, out, confirm):
    StockItem.objects.update(status="recalled")
    back = confirm(out, code=out.code)
    assert (back.stage, back.stage_reason) == ("returning", "recalled")
    assert returning.receive(actor(sun), back, seal_intact=True).stage == "quarantined"


def test_a_recalled_medicine_does_not_leave_the_counter(actor, wu, shelf, parcel):
    row = dispatch.claim(actor(wu), parcel)
    StockItem.objects.update(status="recalled")
    with pytest.raises(Refused, match="called back"):
        handover.start(actor(wu), row, scanned=row.number)


def test_both_medicines_travel_in_one_parcel_made_with_the_last(
    second_medicine, choose, actor, pharmacist, pack
):
    choose()
    first, _second = MedicationDispense.objects.order_by("created")
    codes = tuple(f"A-{place}" for place in range(first.boxes))
    dispensing.pack(actor(pharmacist), first, Packing(tuple(CHECKS), codes, "S"))
    assert SupplyDelivery.objects.count() == 0
    pack()
    assert SupplyDelivery.objects.get().lines.count() == 2
    assert parcelling.make_waiting() == 0


def test_a_parcel_is_made_also_when_the_last_open_fill_was_declined(
    second_medicine, choose, actor, pharmacist
):
    choose()
    first, second = MedicationDispense.objects.order_by("created")
    codes = tuple(f"A-{place}" for place in range(first.boxes))
    dispensing.pack(actor(pharmacist), first, Packing(tuple(CHECKS), codes, "S"))
    handing.decline(actor(pharmacist), second, "broken box")
    assert (parcelling.make_waiting(), parcelling.make_waiting()) == (1, 0)
    assert SupplyDelivery.objects.get().lines.count() == 1


def test_nobody_pays_for_bringing_nothing(zone, choose, bill, line):
    zone.fee_minor = 600
    zone.save()
    choose()
    refunding.refund_row(SYSTEM, line, "prescription-expired")
    bill.refresh_from_db()
    assert bill.status == "cancelled"
