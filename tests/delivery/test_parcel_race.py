"""What the lock on a parcel is for: each pair is seen to go wrong without it."""

from __future__ import annotations

import contextlib
import threading
import uuid

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from delivery import dispatch, handover, returning
from delivery.workflow import SUPPLY_DELIVERY
from portal.accounts.actor import Actor
from portal.audit.models import JournalHead
from portal.workflow import Refused
from tests.racing import among, at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
LOCKED_OUT_S, COMES_S = 0.4, 30.0


@pytest.fixture
def after_both_looked(monkeypatch):
    """Nobody steps before both have had their last look, or one of them is kept from it."""
    looked, stepped = SUPPLY_DELIVERY.refusal, SUPPLY_DELIVERY.apply

    def for_at_most(seconds):
        both, stepping, seen = threading.Barrier(2), set(), set()

        def step(*args, **facts):
            stepping.add(threading.get_ident())
            return stepped(*args, **facts)

        def look(name, row, actor):
            answer, me = looked(name, row, actor), threading.get_ident()
            if me in stepping - seen:
                seen.add(me)
                with contextlib.suppress(threading.BrokenBarrierError):
                    both.wait(seconds)
            return answer

        monkeypatch.setattr(SUPPLY_DELIVERY, "apply", step)
        monkeypatch.setattr(SUPPLY_DELIVERY, "refusal", look)

    return for_at_most


@pytest.fixture
def unlocked(monkeypatch):
    """Nothing keeps anything still but the journal's own row."""
    locked = QuerySet.select_for_update

    def only_the_journal(rows, *args, **more):
        return locked(rows, *args, **more) if rows.model is JournalHead else rows.all()

    monkeypatch.setattr(QuerySet, "select_for_update", only_the_journal)


def how_many_are_refused(*deeds):
    """Whom the look sends away; what only the database's own constraints stop got past it."""
    return len(among(at_once(*deeds, expected=(Refused, IntegrityError)), Refused))


def two_claims(wu, other, row):
    return (
        lambda: dispatch.claim(Actor.of(wu), row), lambda: dispatch.claim(Actor.of(other), row)
    )  # fmt: skip


def a_door_and_a_loss(wu, gao, row):
    said = {"seal_intact": True, "client_id": uuid.uuid4(), "code": row.code}
    return (
        lambda: handover.confirm(Actor.of(wu), row, **said),
        lambda: returning.lose(Actor.of(gao), row),
    )


def a_start_and_another_courier(wu, gao, other, row):
    return (
        lambda: handover.start(Actor.of(wu), row, scanned=row.number),
        lambda: dispatch.reassign(Actor.of(gao), row, other),
    )


@pytest.fixture
def pair(request, actor, wu, gao, other_courier, parcel, set_out):
    """Two deeds of which only one may be true."""
    if request.param == "claim and claim":
        return two_claims(wu, other_courier, parcel)
    if request.param == "hand-over and lost":
        return a_door_and_a_loss(wu, gao, set_out(parcel))
    return a_start_and_another_courier(wu, gao, other_courier, dispatch.claim(actor(wu), parcel))


PAIRS = ("claim and claim", "hand-over and lost", "start and another courier")


@pytest.mark.parametrize("pair", PAIRS, indirect=True)
def test_one_of_two_is_refused(after_both_looked, pair):
    after_both_looked(LOCKED_OUT_S)
    assert how_many_are_refused(*pair) == 1


@pytest.mark.parametrize("pair", PAIRS, indirect=True)
def test_without_the_lock_nobody_is(after_both_looked, unlocked, pair):
    after_both_looked(COMES_S)
    assert how_many_are_refused(*pair) == 0
