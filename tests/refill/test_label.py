"""The label and the advice: whole sentences, large print, a code that opens the advice (R87)."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import reverse

from refill import dispensing, labelling
from tests.refill.test_dispense import packing


@pytest.fixture
def bag(actor, pharmacist, dispense):
    return dispensing.pack(actor(pharmacist), dispense, packing())


def test_the_label_says_whose_what_how_much_and_how(as_person, pharmacist, bag):
    page = as_person(pharmacist).get(reverse("refill:label", args=[bag.pk])).content.decode()
    for words in (bag.patient.name, "1 tablet (5 mg tablet)", "SEAL-1", bag.organization.telecom):
        assert words in page
    assert re.search(r'<img class="bag__square" src="data:image/svg', page)


def test_the_usage_line_is_printed_in_eighteen_points_or_more():
    sheet = (settings.BASE_DIR / "static/css/components/counter.css").read_text()
    (points,) = re.findall(r"\.bag__usage \{[^}]*font-size: (\d+)pt", sheet)
    assert int(points) >= 18


def test_the_square_is_read_back_as_the_advice_page(bag):
    import segno

    url = settings.BASE_URL + reverse("refill:advice", args=[bag.pk])
    assert labelling.label(bag)["square"] == labelling.square(url)
    assert segno.make(url, error="m", micro=False).error == "M"


def test_she_reads_the_advice_and_her_neighbour_does_not(as_person, chen, neighbour, bag):
    url = reverse("refill:advice", args=[bag.pk])
    page = as_person(chen).get(url).content.decode()
    assert "1 tablet (5 mg tablet), by mouth" in page
    assert as_person(neighbour).get(url).status_code == 404


def test_there_is_no_label_before_it_is_packed(as_person, pharmacist, dispense):
    answer = as_person(pharmacist).get(reverse("refill:label", args=[dispense.pk]))
    assert answer.status_code == 404
