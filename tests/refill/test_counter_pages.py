"""The counter's pages: only for the pharmacists of the centre, and a verdict by form."""

from __future__ import annotations

import pytest
from django.urls import reverse

from refill.dispensing import CHECKS
from tests.factories.people import UserFactory


@pytest.fixture
def at_counter(as_person, pharmacist):
    return as_person(pharmacist)


def test_the_list_shows_what_waits(at_counter, review):
    page = at_counter.get(reverse("refill:counter"))
    assert review.patient.name in page.content.decode()


def test_a_review_is_passed_and_packed_by_form(at_counter, review, shelf, dispense):
    page = at_counter.get(reverse("refill:pack", args=[dispense.pk]))
    assert shelf.lot_number in page.content.decode()
    said = {"checks": list(CHECKS), "box_1": "BOX-1", "seal_number": "S-1"}
    answer = at_counter.post(reverse("refill:pack", args=[dispense.pk]), said)
    assert answer["Location"] == reverse("refill:label", args=[dispense.pk])
    assert at_counter.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("verdict", ["return", "refuse", "pass"])
def test_a_verdict_without_its_words_is_refused(at_counter, review, shelf, verdict):
    answer = at_counter.post(reverse("refill:review", args=[review.pk]), {"verdict": verdict})
    assert answer.status_code == 409
    review.refresh_from_db()
    assert review.status == "pending"


def test_a_verdict_goes_through_the_form(at_counter, review, shelf):
    said = {"verdict": "pass", "lawful": "on", "complete": "on", "suitable": "on"}
    answer = at_counter.post(reverse("refill:review", args=[review.pk]), said)
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.status == "passed"


def test_boxes_are_received_and_counted(at_counter, line, shelf):
    said = {
        "medication": line.medication_id,
        "lot_number": "N1",
        "expires": "2099-01-01",
        "boxes": 3,
    }
    assert at_counter.post(reverse("refill:stock"), said).status_code == 302
    at_counter.post(reverse("refill:count", args=[shelf.pk]), {"boxes": 4, "reason": "broken"})
    shelf.refresh_from_db()
    assert shelf.boxes == 4


def test_a_recall_names_the_receivers_of_a_lot(at_counter, dispense, shelf):
    page = at_counter.post(reverse("refill:recall"), {"number": "no such lot"})
    assert dispense.patient.name not in page.content.decode()


def test_others_find_nothing_at_the_counter(as_person, chen, dr_li, wu, review, other_centre):
    stranger = UserFactory(role="pharmacist", organization=other_centre)
    for person in (chen, dr_li, wu):
        assert as_person(person).get(reverse("refill:counter")).status_code == 404
    answer = as_person(stranger).get(reverse("refill:review", args=[review.pk]))
    assert answer.status_code == 404
