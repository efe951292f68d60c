"""The pharmacist's list: as many questions to the database at fifty rows as at one; in pieces."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from refill import paging
from refill.models import MedicationDispense, PickUp, PrescriptionReview, StockItem
from tests.factories import centre_day
from tests.factories.counter import StockItemFactory, counter_rows
from tests.factories.people import PatientFactory

LINK = re.compile(r'href="\?(reviews|packs|pick_ups)=([^"]+)"')


@pytest.fixture
def crowd(chen, dr_li, sun):
    """Fill the counter with this many residents."""

    def fill(count):
        for number in range(count):
            patient = PatientFactory(name=f"Resident {number:03}", general_practitioner=dr_li)
            rows = counter_rows(patient, dr_li, sun)
            due = timezone.now() + timedelta(minutes=number // 3)
            PrescriptionReview.objects.filter(pk=rows["review"].pk).update(due_at=due)

    return fill


def questions(client, url):
    client.get(url)  # whatever a page asks now and then (limits, the session) it asks here
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["counter", "stock"])
def test_the_count_of_questions_does_not_grow(as_person, sun, crowd, name):
    client, url = as_person(sun), reverse(f"refill:{name}")
    crowd(1)
    few = questions(client, url)
    crowd(40)
    assert questions(client, url) == few


def test_every_row_is_on_exactly_one_page(as_person, sun, crowd):
    crowd(2 * paging.SIZE + 3)
    client, seen, place = as_person(sun), [], ""
    while place is not None:
        page = client.get(f"{reverse('refill:counter')}?reviews={place}").content.decode()
        seen += re.findall(r"counter/reviews/([0-9a-f-]{36})/", page)
        links = dict(LINK.findall(page))
        place = links.get("reviews")
    assert len(seen) == len(set(seen)) == PrescriptionReview.objects.count()


@pytest.mark.parametrize("model", [PrescriptionReview, MedicationDispense, PickUp, StockItem])
def test_a_place_nobody_gave_out_is_the_beginning(model, chen, dr_li, sun):
    counter_rows(chen, dr_li, sun)
    fields = {PrescriptionReview: "due_at", StockItem: "expires"}
    moment = fields.get(model, "created")
    whole = paging.page(model.objects.all(), moment).rows
    for place in ("x", "~", "2026-01-01~", "' or 1=1~x", "2026-01-01T00:00:00~" + "0" * 32):
        assert len(paging.page(model.objects.all(), moment, place).rows) in (0, len(whole))


def test_the_shelf_in_pieces_and_by_what_is_soon(as_person, sun, centre):
    for number in range(paging.SIZE + 2):
        StockItemFactory(
            organization=centre, lot_number=f"L{number:03}",
            expires=centre_day.today() + timedelta(days=30 + 10 * number),
        )  # fmt: skip
    client, url = as_person(sun), reverse("refill:stock")
    assert len(re.findall(r">L\d{3}<", client.get(url).content.decode())) == paging.SIZE
    soon = client.get(url, {"show": "soon"}).content.decode()
    assert re.findall(r">(L\d{3})<", soon) == [f"L{number:03}" for number in range(7)]
