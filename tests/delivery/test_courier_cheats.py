"""What a courier with a script could try at the door, and what the portal makes of it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from delivery import handover
from delivery.models import CodeTry, DeliveryAttempt, Proof
from delivery.models.code import check_digit
from portal.workflow import Refused
from tests.delivery.crowd import parcels

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def other(centre, dr_li, zone, wu, carrier):
    return parcels(centre, dr_li, zone, 1, stage="out-for-delivery", courier=wu)[0]


def wrong_for(row):
    first = f"{(int(row.code[:5]) + 1) % 10**5:05d}"
    return first + check_digit(first)


def test_one_report_tries_one_code_however_often_it_is_sent(out, confirm):
    """Another code under the same number is no new try, and no try at all."""
    same = uuid.uuid4()
    with pytest.raises(handover.WrongCode):
        confirm(out, code=wrong_for(out), client_id=same)
    with pytest.raises(handover.WrongCode):
        confirm(out, code=out.code, client_id=same)
    out.refresh_from_db()
    assert (out.stage, out.wrong_codes, CodeTry.objects.count()) == ("out-for-delivery", 1, 1)
    assert confirm(out, code=out.code).stage == "delivered"


@pytest.mark.parametrize("deed", ["hand over", "not handed over", "wrong code"])
def test_the_number_of_one_report_answers_for_no_other_parcel(out, other, confirm, fail, deed):
    same = uuid.uuid4()
    if deed == "hand over":
        confirm(out, code=out.code, client_id=same)
    elif deed == "not handed over":
        fail(out, client_id=same)
    else:
        with pytest.raises(handover.WrongCode):
            confirm(out, code=wrong_for(out), client_id=same)
    with pytest.raises(Refused, match="another parcel"):
        confirm(other, code=other.code, client_id=same)
    if deed != "wrong code":
        with pytest.raises(Refused, match="another parcel"):
            fail(other, client_id=same)
    other.refresh_from_db()
    assert other.stage == "out-for-delivery"
    assert not Proof.objects.filter(parcel=other).exists()


def test_nothing_was_handed_over_before_it_left_the_counter(actor, wu, out, confirm):
    """A telephone whose clock is wrong, or was set back."""
    long_ago = out.out_at - timedelta(hours=5)
    confirm(out, code=out.code, at=long_ago)
    assert Proof.objects.get().at == out.out_at
    assert out.steps.get(name="handed-over").at == out.out_at


def test_nor_was_anybody_away_before_that(actor, wu, out):
    handover.failed(
        actor(wu), out, "not-home", uuid.uuid4(), at=out.out_at - timedelta(hours=5)
    )  # fmt: skip
    assert DeliveryAttempt.objects.get().at == out.out_at


def test_a_parcel_that_is_not_cold_has_no_temperature(as_person, wu, out):
    url = reverse("delivery:temperature", args=[out.pk])
    answer = as_person(wu).post(url, {"celsius": "5"}, **JSON)
    assert answer.status_code == 409
    assert "no temperature" in answer.json()["sentence"]
