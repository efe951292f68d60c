"""Much too early: only the doctor allows it, and everybody finds the way to ask (R68)."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from portal.workflow import Refused
from refill import deciding, listing, requesting
from refill.models import RefillRequest
from refill.requesting import Wish
from refill.rules import Answers
from refill.triaging import Readings
from tests.factories.people import PatientFactory
from tests.refill.asking import a_record, answered, renewal, taken

WELL = {"changed": "no", "problem": "no", "elsewhere": "no", "weeks": "4"}
TRAVEL = WELL | {"early": "travel", "words": "I leave on Monday for six weeks."}


@pytest.fixture
def row(catalogue, chen):
    """Twenty days of amlodipine are left."""
    a_record(chen, taken("Amlodipine 5 mg tablet", "C08CA01", left=20))
    return listing.to_choose(chen)[0]


def form(**said):
    return TRAVEL | {"basket": str(uuid.uuid4())} | said


def test_one_tap_from_the_list_the_resident_asks_the_doctor(as_person, chen, row):
    client = as_person(chen)
    page = client.get(reverse("refill:medicines")).content.decode()
    way = f"{reverse('refill:questions')}?leave={row.supply.mark}"
    assert way in page and "Ask my doctor to allow it" in page
    page = client.get(way).content.decode()
    assert "Your doctor can allow it earlier" in page and "I travel" in page
    answer = client.post(way, form(), follow=True)
    assert "Your doctor has your request" in answer.content.decode()
    kept = RefillRequest.objects.get()
    assert (kept.status, kept.triage, kept.early) == ("requested", "too-early", "travel")
    assert kept.answers["words"] == TRAVEL["words"]


@pytest.mark.parametrize("missing", ["early", "words"])
def test_without_a_reason_and_words_nothing_is_sent(as_person, chen, row, missing):
    way = f"{reverse('refill:questions')}?leave={row.supply.mark}"
    assert as_person(chen).post(way, form(**{missing: " "})).status_code == 422
    with pytest.raises(Refused):
        wish = Wish(**{"early": "travel", "words": "six weeks", "for_leave": True, missing: ""})
        requesting.ask(None, chen, [row.supply.mark], Answers(), Readings(), wish=wish)
    assert not RefillRequest.objects.exists()


def test_the_way_is_not_there_for_what_can_be_asked_anyway(as_person, chen, catalogue):
    a_record(chen)
    (row,) = listing.to_choose(chen)
    client = as_person(chen)
    assert "?leave=" not in client.get(reverse("refill:medicines")).content.decode()
    way = f"{reverse('refill:questions')}?leave={row.supply.mark}"
    assert client.get(way).url == reverse("refill:medicines")
    assert client.post(way, form()).status_code == 302 or not RefillRequest.objects.exists()


def test_the_doctor_allows_it_with_a_reason_of_his_own_or_not_at_all(actor, chen, dr_li, key, row):
    wish = Wish(early="travel", words="six weeks", for_leave=True)
    said = (actor(chen), chen, [row.supply.mark], Answers(), Readings())
    (asked,) = requesting.ask(*said, wish=wish).requests
    with pytest.raises(Refused, match="write why you allow it"):
        deciding.approve(actor(dr_li), asked, key, renewal(asked, overrides=answered(asked)))
    with_reason = renewal(asked, early_reason="six weeks abroad", overrides=answered(asked))
    assert deciding.approve(actor(dr_li), asked, key, with_reason).status == "in-progress"


def test_the_desk_asks_the_doctor_for_somebody_who_telephones(as_person, chen, registrar, row):
    client = as_person(registrar)
    went = client.post(reverse("refill:find"), {"number": "CHEN", "birth_date": "1955-03-08"})
    who = {"medicine": [row.supply.mark], "channel": "telephone", "caller": "herself"}
    assert client.post(went.url, form(early="", words="") | who).status_code == 422
    assert not RefillRequest.objects.exists()
    client.post(went.url, form() | who)
    assert RefillRequest.objects.get().status == "requested"


def test_the_doctor_finds_a_resident_and_opens_the_door(seat, chen, row):
    listed = seat.get(reverse("refill:requests")).content.decode()
    assert reverse("refill:find") in listed
    went = seat.post(reverse("refill:find"), {"number": "CHEN", "birth_date": "1955-03-08"})
    said = {"medicine": [row.supply.mark], **WELL, "basket": str(uuid.uuid4())}
    assert seat.post(went.url, said).status_code == 422  # why?
    seat.post(went.url, said | {"early_reason": "she lost her bag"})
    kept = RefillRequest.objects.get()
    assert (kept.status, kept.early_reason) == ("requested", "she lost her bag")
    assert (
        reverse("refill:desk", args=[chen.pk])
        in seat.get(reverse("refill:decide", args=[kept.pk])).content.decode()
    )


def test_a_doctor_finds_only_residents_of_the_own_panel(seat, centre, dr_wang):
    other = PatientFactory(general_practitioner=dr_wang)
    said = {"number": other.his_id, "birth_date": other.birth_date.isoformat()}
    assert seat.post(reverse("refill:find"), said).status_code == 422
