"""A parcel that came back is collected at the counter; its code cannot be tried for ever."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from delivery import collecting, returning
from delivery.coding import WrongCode
from delivery.models import CodeTry
from portal.notification.models import Notification
from portal.workflow import Refused


def wrong_code(row):
    return str((int(row.code) + 1) % 10**6).zfill(6)


@pytest.fixture
def back(actor, sun, out, fail):
    """At the counter again, after a wrong address."""
    fail(out, "wrong-address")
    return returning.receive(actor(sun), out, seal_intact=True)


@pytest.fixture
def say(actor, sun, back):
    def said(code, client_id=None):
        client_id = client_id or uuid.uuid4()
        return collecting.collect(actor(sun), back, code=code, client_id=client_id)

    return said


def wrong_thrice(say, back):
    for left in (2, 1):
        with pytest.raises(WrongCode) as told:
            say(wrong_code(back))
        assert told.value.tries_left == left
    with pytest.raises(Refused, match="new code"):
        say(wrong_code(back))


def test_with_the_code_it_is_hers(say, back):
    assert say(f" {back.code} ").stage == "delivered"


def test_the_third_wrong_code_is_its_end_and_she_hears_of_it(say, back, chen):
    before = back.code
    wrong_thrice(say, back)
    back.refresh_from_db()
    assert back.code != before and back.stage == "returned"
    assert Notification.objects.filter(user=chen.user, kind="parcel-new-code").count() == 1
    with pytest.raises(WrongCode):
        say(before)
    assert say(back.code).stage == "delivered"


def test_three_more_end_the_next_code_too(say, back, chen):
    wrong_thrice(say, back)
    back.refresh_from_db()
    wrong_thrice(say, back)
    assert Notification.objects.filter(user=chen.user, kind="parcel-new-code").count() == 2


def test_the_same_report_is_counted_once_and_becomes_no_right_one(say, back):
    same = uuid.uuid4()
    for code in (wrong_code(back), wrong_code(back), back.code):
        with pytest.raises(WrongCode) as told:
            say(code, same)
        assert told.value.tries_left == 2
    assert CodeTry.objects.count() == 1


def test_nobody_else_spends_her_tries(actor, wu, back):
    with pytest.raises(Refused):
        collecting.collect(actor(wu), back, code=wrong_code(back), client_id=uuid.uuid4())
    assert CodeTry.objects.count() == 0


def test_the_page_says_how_many_are_left(as_person, sun, back):
    counter = as_person(sun)
    page = reverse("delivery:counter_act", args=[back.pk, "collect"])
    said = {"code": wrong_code(back), "client_id": str(uuid.uuid4())}
    answer = counter.post(page, said)
    assert answer.status_code == 409 and "2 tries are left" in answer.content.decode()
