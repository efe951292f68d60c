"""The dispatch board: the centre says who carries what."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delivery import dispatch
from delivery.models import SupplyDelivery
from portal.audit.models import AuditEvent
from tests.delivery.crowd import parcels
from tests.factories.people import UserFactory

BOARD = "/delivery/board/"


@pytest.fixture
def at_board(as_person, gao):
    return as_person(gao)


@pytest.fixture
def crowd(centre, dr_li, zone):
    return lambda count, **facts: parcels(centre, dr_li, zone, count, **facts)


def row_of(row):
    return SupplyDelivery.objects.get(pk=row.pk)


def send(client, deed, row, **said):
    return client.post(reverse(f"delivery:{deed}", args=[row.pk]), said)


def test_the_board_shows_parcels_and_loads(at_board, wu, carrier, crowd):
    crowd(2)
    crowd(3, stage="out-for-delivery", courier=wu)
    text = at_board.get(BOARD).content.decode()
    assert "3 of 12 parcels" in text and text.count('scope="row"') == 5
    assert "Gu Yulan" not in text and "Mudanjiang" not in text


def test_assigned_given_to_another_and_freed(at_board, gao, wu, carrier, other_courier, crowd):
    row = crowd(1)[0]
    for courier in (wu, other_courier):
        assert send(at_board, "assign", row, courier=courier.pk).status_code == 302
        assert row_of(row).courier == courier
    assert send(at_board, "take_back", row).status_code == 302
    assert (row_of(row).stage, row_of(row).courier) == ("packed", None)
    lines = AuditEvent.objects.filter(agent=gao, entity_id=str(row.pk)).order_by("sequence")
    done = list(lines.values_list("action", flat=True))
    assert done == ["assign", "release", "assign", "release"]


def test_what_is_on_the_road_is_not_given_to_another(at_board, wu, carrier, other_courier, crowd):
    row = crowd(1, stage="out-for-delivery", courier=wu)[0]
    assert send(at_board, "assign", row, courier=other_courier.pk).status_code == 409
    assert send(at_board, "take_back", row).status_code == 409
    assert row_of(row).courier == wu


def test_a_full_courier_gets_no_more_and_the_first_one_keeps_it(
    at_board, actor, wu, carrier, other_courier, crowd
):
    row = crowd(1)[0]
    dispatch.claim(actor(other_courier), row)
    crowd(carrier.most_parcels, stage="assigned", courier=wu)
    answer = send(at_board, "assign", row, courier=wu.pk)
    assert answer.status_code == 409 and "12 parcels already" in answer.content.decode()
    assert row_of(row).courier == other_courier


@pytest.mark.parametrize("chosen", ["", "x", str(uuid.uuid4())])
def test_a_courier_of_nowhere_is_refused(at_board, crowd, chosen):
    row = crowd(1)[0]
    assert send(at_board, "assign", row, courier=chosen).status_code == 422
    assert row_of(row).stage == "packed"


def test_a_person_who_is_no_courier_carries_nothing(at_board, sun, crowd):
    row = crowd(1)[0]
    assert send(at_board, "assign", row, courier=sun.pk).status_code == 422


def test_lost_needs_a_tick_and_opens_a_case(at_board, wu, crowd):
    row = crowd(1, stage="out-for-delivery", courier=wu)[0]
    assert send(at_board, "declare_lost", row).status_code == 422
    assert row_of(row).stage == "out-for-delivery"
    assert send(at_board, "declare_lost", row, sure="on").status_code == 302
    assert row_of(row).stage == "lost" and row_of(row).case


def test_another_centre_s_board_does_not_show_it(as_person, other_centre, wu, crowd):
    row = crowd(1)[0]
    stranger = as_person(UserFactory(role="manager", organization=other_centre))
    assert row.number not in stranger.get(BOARD).content.decode()
    assert send(stranger, "assign", row, courier=wu.pk).status_code == 404


def test_a_long_board_asks_as_often_as_a_short_one(at_board, wu, carrier, other_courier, crowd):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert at_board.get(BOARD).status_code == 200
        return len(queries)

    crowd(3)
    crowd(3, stage="assigned", courier=wu)
    asked()
    short = asked()
    crowd(30)
    crowd(30, stage="assigned", courier=wu)
    assert asked() == short <= 12
