"""The courier's three lists and one parcel: what they show, to whom, and at what price."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from delivery import dispatch
from delivery.models import SupplyDelivery
from tests.delivery.crowd import parcels

LISTS = ("pool", "to_collect", "on_the_way")
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def at_work(as_person, wu, carrier):
    return as_person(wu)


@pytest.fixture
def crowd(centre, dr_li, zone):
    """So many other parcels, in whatever stage."""
    return lambda count, **facts: parcels(centre, dr_li, zone, count, **facts)


def page_of(row):
    return reverse("delivery:courier_parcel", args=[row.pk])


def numbers(answer):
    return re.findall(r'data-number="(\w+)"', answer.content.decode())


def test_three_lists_say_how_many_there_are(at_work, wu, crowd):
    crowd(2)
    crowd(3, stage="assigned", courier=wu)
    crowd(4, stage="out-for-delivery", courier=wu)
    crowd(1, stage="returning", courier=wu)
    for name, count in zip(LISTS, (2, 3, 5), strict=True):
        answer = at_work.get(reverse(f"delivery:{name}"))
        assert len(numbers(answer)) == count
        shown = re.findall(r'class="numbers">(\d+)</b>', answer.content.decode())
        assert shown == ["2", "3", "5"]


def test_the_run_goes_by_promise_and_then_to_the_nearest_door(at_work, wu, crowd):
    now = timezone.now()
    late = crowd(3, stage="out-for-delivery", courier=wu, window_start=now + timedelta(hours=3))
    soon = crowd(1, stage="out-for-delivery", courier=wu, window_start=now + timedelta(hours=1))
    far, near = late[2], late[1]
    SupplyDelivery.objects.filter(pk=late[0].pk).update(number="22222222")
    SupplyDelivery.objects.filter(pk=soon[0].pk).update(number="33333333")
    seen = numbers(at_work.get(reverse("delivery:on_the_way")))
    assert seen == ["33333333", "22222222", near.number, far.number]


def test_of_a_free_parcel_only_the_area_is_shown(at_work, parcel):
    for url in (reverse("delivery:pool"), page_of(parcel)):
        text = at_work.get(url).content.decode()
        assert parcel.choice.zone.name in text and parcel.number in text
        assert parcel.choice.line not in text and "38000" not in text
        assert "Chen" not in text


def test_one_s_own_parcel_shows_where_and_never_a_resident_s_number(at_work, actor, wu, parcel):
    dispatch.claim(actor(wu), parcel)
    text = at_work.get(page_of(parcel)).content.decode()
    assert parcel.choice.line in text and "geo:" in text
    assert "tel:02156000001" in text and "13800001001" not in text
    assert parcel.patient.name not in text and parcel.code not in text


def test_each_page_has_one_yellow_button(at_work, wu, crowd):
    for stage in ("assigned", "out-for-delivery", "rescheduled"):
        row = crowd(1, stage=stage, courier=wu)[0]
        text = at_work.get(page_of(row)).content.decode()
        shown = re.sub(r"<(div|p)[^>]* data-after.*", "", text, flags=re.S)
        assert shown.count("button--go") == 1, stage


def test_a_second_time_tomorrow_sends_the_parcel_back_tonight(at_work, wu, crowd):
    tomorrow = timezone.now() + timedelta(days=1)
    row = crowd(1, stage="rescheduled", courier=wu, window_start=tomorrow)[0]
    text = at_work.get(page_of(row)).content.decode()
    assert "Bring it back to the centre today" in text and "I go there again" not in text
    card = at_work.get(reverse("delivery:on_the_way")).content.decode()
    assert "Bring it back</a>" in card and "Go there again" not in card


def test_another_courier_s_parcel_and_an_ended_one_are_not_there(
    at_work, as_person, other_courier, wu, crowd
):
    row = crowd(1, stage="out-for-delivery", courier=other_courier)[0]
    assert as_person(other_courier).get(page_of(row)).status_code == 200
    assert at_work.get(page_of(row)).status_code == 404
    for name in ("start", "hand_over", "not_handed_over", "lost", "temperature", "claim"):
        url = reverse(f"delivery:{name}", args=[row.pk])
        assert at_work.post(url, {}, **JSON).status_code == 404, name
        assert at_work.post(url.replace(str(row.pk), str(uuid.uuid4())), {}).status_code == 404
    assert at_work.post(reverse("delivery:give_back", args=[row.pk])).status_code == 404
    SupplyDelivery.objects.filter(pk=row.pk).update(stage="lost", holder="nobody")
    assert as_person(other_courier).get(page_of(row)).status_code == 404


def test_the_phone_is_told_which_pages_to_keep(at_work, wu, crowd):
    own = crowd(2, stage="out-for-delivery", courier=wu)
    crowd(1)
    told = at_work.get(reverse("delivery:run_pages")).json()["pages"]
    assert {page["url"] for page in told} == {
        *(reverse(f"delivery:{name}") for name in LISTS),
        *map(page_of, own),
    }
    before = {page["url"]: page["version"] for page in told}
    SupplyDelivery.objects.filter(pk=own[0].pk).update(stage="returning")
    after = at_work.get(reverse("delivery:run_pages")).json()["pages"]
    changed = {page["url"] for page in after if page["version"] != before[page["url"]]}
    assert page_of(own[0]) in changed and page_of(own[1]) not in changed


@pytest.mark.parametrize("name", [*LISTS, "run_pages"])
def test_a_long_run_asks_the_database_as_often_as_a_short_one(at_work, wu, crowd, name):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert at_work.get(reverse(f"delivery:{name}")).status_code == 200
        return len(queries)

    for stage in ("packed", "assigned", "out-for-delivery", "returning"):
        crowd(3, stage=stage, courier=wu if stage != "packed" else None)
    asked()  # what is read once a process is read
    short = asked()
    for stage in ("packed", "assigned", "out-for-delivery", "returning"):
        crowd(12, stage=stage, courier=wu if stage != "packed" else None)
    assert asked() == short <= 14
