"""The resident reads where each medicine is, and the code in large type; nobody else does."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from delivery import dispatch, returning, settling
from delivery.models import RefundOrReplace, SupplyDelivery


@pytest.fixture
def read(as_person, chen):
    """The order's page as Chen reads it."""

    def page(parcel):
        url = reverse("delivery:order", args=[parcel.choice_id])
        return as_person(chen).get(url).content.decode()

    return page


def test_each_stage_has_its_sentence_and_the_code_while_it_counts(
    read, parcel, actor, wu, set_out, confirm
):
    assert "waits for the courier" in read(parcel) and parcel.code in read(parcel)
    out = set_out(parcel)
    assert "on its way to you" in read(out) and out.code in read(out)
    confirm(out, code=out.code)
    told = read(out)
    assert "has been handed over" in told and out.code not in told


def test_it_says_why_it_is_late_before_anybody_asks(read, parcel):
    now = timezone.now()
    SupplyDelivery.objects.update(
        window_start=now - timedelta(hours=3), window_end=now - timedelta(minutes=1)
    )
    assert "no courier has taken it" in read(parcel)


def test_what_is_lost_or_comes_back_has_no_promised_time_any_more(read, actor, wu, out):
    assert "Promised:" in read(out)
    returning.lose(actor(wu), out)
    assert "Promised:" not in read(out) and "card--late" in read(out)


def test_the_fragment_and_the_notices_way(as_person, chen, parcel):
    browser = as_person(chen)
    assert browser.get(reverse("delivery:state", args=[parcel.choice_id])).status_code == 200
    answer = browser.get(reverse("delivery:parcel", args=[parcel.pk]))
    assert answer["Location"] == reverse("delivery:order", args=[parcel.choice_id])


def test_the_list_asks_as_many_questions_for_ten_orders_as_for_one(as_person, chen, parcel):
    browser, url = as_person(chen), reverse("delivery:orders")
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    from portal.payment.models import Invoice

    for _n in range(9):
        choice = parcel.choice
        choice.pk, choice.invoice = uuid.uuid4(), Invoice.objects.create(
            organization=chen.organization, patient=chen, status="balanced"
        )  # fmt: skip
        choice._state.adding = True
        choice.save()
    with CaptureQueriesContext(connection) as ten:
        browser.get(url)
    assert len(ten) == len(one)


def test_the_counter_takes_it_back_and_the_resident_collects_it(
    as_person, sun, out, confirm, fail, read
):
    fail(out, "wrong-address")
    browser = as_person(sun)
    page = reverse("delivery:counter_parcel", args=[out.pk])
    assert browser.get(reverse("delivery:counter")).status_code == 200
    assert browser.get(page).status_code == 200
    deed = reverse("delivery:counter_act", args=[out.pk, "receive"])
    assert browser.post(deed, {}).status_code == 409
    assert browser.post(deed, {"seal": "whole"}).status_code == 302
    out.refresh_from_db()
    assert out.stage == "returned" and out.code in read(out)
    deed = reverse("delivery:counter_act", args=[out.pk, "collect"])
    wrong = {"code": "x", "client_id": str(uuid.uuid4())}
    assert browser.post(deed, wrong).status_code == 409
    right = {"code": out.code, "client_id": str(uuid.uuid4())}
    assert browser.post(deed, right).status_code == 302
    again = {"code": out.code, "client_id": str(uuid.uuid4())}
    assert browser.post(deed, again).status_code == 409
    out.refresh_from_db()
    assert (out.stage, out.case.outcome) == ("delivered", "collected")
    assert browser.get(page).status_code == 200


def test_the_counter_settles_a_lost_parcel(as_person, gao, actor, wu, out):
    returning.lose(actor(wu), out)
    case = RefundOrReplace.objects.get()
    browser = as_person(gao)
    assert browser.get(reverse("delivery:counter_parcel", args=[out.pk])).status_code == 200
    deed = reverse("delivery:settle", args=[case.pk])
    assert browser.post(deed, {"act": "refund", "reason": " "}).status_code == 422
    assert browser.post(deed, {"act": "steal", "reason": "x"}).status_code == 422
    assert browser.post(deed, {"act": "refund", "reason": "lost by Wu"}).status_code == 302
    case.refresh_from_db()
    assert case.outcome == "refunded"


def test_an_unknown_act_is_nothing(as_person, sun, out):
    deed = reverse("delivery:counter_act", args=[out.pk, "give-away"])
    assert as_person(sun).post(deed).status_code == 404


def test_a_replaced_parcel_says_so(read, actor, gao, wu, out):
    returning.lose(actor(wu), out)
    settling.replace(actor(gao), out.case, "lost")
    assert "packs it now" in read(out)


def test_a_free_parcel_is_in_the_pool_and_a_carried_one_is_not(actor, wu, other_courier, parcel):
    assert list(dispatch.pool(actor(wu))) == [parcel]
    dispatch.claim(actor(wu), parcel)
    assert list(dispatch.pool(actor(other_courier))) == []
