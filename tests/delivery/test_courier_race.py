"""Two at once about one parcel or one courier: run on PostgreSQL, where rows are really locked."""

from __future__ import annotations

import uuid

import pytest
from django.db.models import QuerySet

from delivery import dispatch, handover
from delivery.models import Courier, Custody, Proof, SupplyDelivery
from delivery.models.parcel import CARRIED
from portal.accounts.actor import Actor
from tests.consult.test_book_race import all_at_once
from tests.delivery.crowd import parcels
from tests.racing import Meeting

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crowd(centre, dr_li, zone):
    return lambda count, **facts: parcels(centre, dr_li, zone, count, **facts)


def row_of(row):
    return SupplyDelivery.objects.get(pk=row.pk)


def carried_by(user):
    return SupplyDelivery.objects.filter(courier=user, stage__in=CARRIED).count()


def claimed_for_one_more_than_may_be(wu, carrier, crowd):
    """Wu may carry one more; he claims four at once."""
    crowd(carrier.most_parcels - 1, stage="assigned", courier=wu)
    free = crowd(4)
    all_at_once([lambda row=row: dispatch.claim(Actor.of(wu), row) for row in free])
    return carried_by(wu)


@pytest.fixture
def together(monkeypatch):
    """Nobody writes before all four have counted, unless a lock lets them in one by one."""
    counted, meeting = dispatch.load_of, Meeting(4)

    def count(carrier):
        load = counted(carrier)
        meeting.wait()
        return load

    monkeypatch.setattr(dispatch, "load_of", count)


def test_nobody_carries_more_than_they_may(wu, carrier, crowd, together):
    assert claimed_for_one_more_than_may_be(wu, carrier, crowd) == carrier.most_parcels


def test_the_limit_falls_without_the_courier_s_lock(wu, carrier, crowd, together, monkeypatch):
    locked = QuerySet.select_for_update

    def not_for_couriers(rows, *args, **more):
        return rows.all() if rows.model is Courier else locked(rows, *args, **more)

    monkeypatch.setattr(QuerySet, "select_for_update", not_for_couriers)
    assert claimed_for_one_more_than_may_be(wu, carrier, crowd) > carrier.most_parcels


def test_set_out_or_given_to_another_never_both(wu, carrier, gao, other_courier, crowd):
    """Wu scans it at the counter at the moment the manager gives it to Zheng."""
    for row in crowd(6, stage="assigned", courier=wu):
        Custody.objects.create(parcel=row, holder="counter", since=row.created)
        all_at_once(
            [
                lambda row=row: handover.start(Actor.of(wu), row, scanned=row.number),
                lambda row=row: dispatch.reassign(Actor.of(gao), row, other_courier),
            ]
        )
        now = row_of(row)
        assert (now.stage, now.courier, now.holder) in (
            ("out-for-delivery", wu, "courier"),
            ("assigned", other_courier, "counter"),
        )
        assert Custody.objects.filter(parcel=row, until=None).count() == 1


def test_a_manager_and_a_courier_reach_for_it_in_both_orders(
    wu, carrier, gao, other_courier, crowd
):
    """The board locks courier and parcel in the order of a claim: nobody waits for ever."""
    for row in crowd(6):
        all_at_once(
            [
                lambda row=row: dispatch.claim(Actor.of(wu), row),
                lambda row=row: dispatch.reassign(Actor.of(gao), row, wu),
                lambda row=row: dispatch.reassign(Actor.of(gao), row, other_courier),
            ]
        )
        assert row_of(row).stage == "assigned"


def test_the_same_report_eight_times_at_once_is_one_proof(wu, carrier, crowd):
    row = crowd(1, stage="out-for-delivery", courier=wu)[0]
    same = uuid.uuid4()

    def report():
        said = {"seal_intact": True, "client_id": same, "code": row.code}
        return handover.confirm(Actor.of(wu), row, **said)

    results = all_at_once([report] * 8)
    assert {getattr(result, "stage", result) for result in results} == {"delivered"}
    assert Proof.objects.filter(parcel=row).count() == 1
