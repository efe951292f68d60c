"""The contract in the browser: who finds which page, and what it says."""

from uuid import uuid4

import pytest

from family_doctor import enrolling
from family_doctor.models import EpisodeOfCare

pytestmark = pytest.mark.django_db
BASE = "/family-doctor/"


def test_a_resident_sees_only_the_teams_of_their_centre(as_person, gu, li_team, zhao_team):
    page = as_person(gu).get(f"{BASE}teams/").content.decode()
    assert "Li Wei" in page
    assert "attending doctor" in page
    assert "General practice" in page
    assert "Zhao Min" not in page
    assert as_person(gu).get(f"{BASE}teams/{zhao_team.pk}/").status_code == 404


def test_signing_asks_the_doctor(as_person, gu, li_team):
    browser = as_person(gu)
    page = browser.get(f"{BASE}teams/{li_team.pk}/").content.decode()
    assert "Public-health services" in page
    assert " checked" not in page
    answer = browser.post(f"{BASE}teams/{li_team.pk}/", {"agreed": "on"})
    assert answer["Location"] == BASE
    assert "waiting for the doctor" in browser.get(BASE).content.decode()


def test_nothing_is_signed_without_the_box(as_person, gu, li_team):
    answer = as_person(gu).post(f"{BASE}teams/{li_team.pk}/", {"services": "x", "status": "active"})
    assert answer.status_code == 400
    assert not EpisodeOfCare.objects.exists()


def test_extra_fields_do_not_sign_more(as_person, gu, chen, li_team):
    data = {"agreed": "on", "status": "active", "patient": chen.pk, "end": "2999-01-01"}
    as_person(gu).post(f"{BASE}teams/{li_team.pk}/", data)
    contract = EpisodeOfCare.objects.get()
    assert (contract.patient, contract.status) == (gu, "planned")
    assert contract.end.year < 2999


def test_the_doctor_accepts_in_the_list(as_person, gu, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    doctor = as_person(li_team.doctor)
    assert "Gu Yan" in doctor.get(f"{BASE}requests/").content.decode()
    assert doctor.post(f"{BASE}requests/{contract.pk}/accept/").status_code == 302
    assert "Gu Yan" not in doctor.get(f"{BASE}requests/").content.decode()
    assert "Li Wei" in as_person(gu).get(BASE).content.decode()


def test_declining_needs_words(as_person, gu, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    doctor = as_person(li_team.doctor)
    url = f"{BASE}requests/{contract.pk}/decline/"
    for answer in ("", "   ", "x" * 201, "\x00"):
        assert doctor.post(url, {"answer": answer}).status_code == 400
    contract.refresh_from_db()
    assert contract.status == "planned"
    assert doctor.post(url, {"answer": "I retire in June."}).status_code == 302
    assert "I retire in June." in as_person(gu).get(BASE).content.decode()


def test_an_answered_question_is_not_answered_again(as_person, gu, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    enrolling.accept(actor(li_team.doctor), contract)
    answer = as_person(li_team.doctor).post(
        f"{BASE}requests/{contract.pk}/decline/", {"answer": "no"}
    )
    assert answer.status_code == 409


def test_a_second_contract_is_refused_with_a_sentence(as_person, gu, li_team, wang_team, actor):
    enrolling.accept(actor(li_team.doctor), enrolling.ask(actor(gu), li_team))
    browser = as_person(gu)
    assert "one at a time" in browser.get(f"{BASE}teams/{wang_team.pk}/").content.decode()
    assert browser.post(f"{BASE}teams/{wang_team.pk}/", {"agreed": "on"}).status_code == 409


def test_a_full_team_says_so_to_the_doctor(as_person, gu, li_team, actor):
    li_team.capacity = 0
    li_team.save()
    contract = enrolling.ask(actor(gu), li_team)
    doctor = as_person(li_team.doctor)
    assert "disabled" in doctor.get(f"{BASE}requests/").content.decode()
    assert doctor.post(f"{BASE}requests/{contract.pk}/accept/").status_code == 409


def test_foreign_and_invented_requests_are_not_there(as_person, gu, chen, li_team, dr_wang, actor):
    contract = enrolling.ask(actor(gu), li_team)
    for pk in (contract.pk, uuid4()):
        for person, path in [
            (dr_wang, f"requests/{pk}/accept/"),
            (dr_wang, f"requests/{pk}/decline/"),
            (chen, f"{pk}/withdraw/"),
            (chen, f"requests/{pk}/accept/"),
        ]:
            assert as_person(person).post(BASE + path, {"answer": "x"}).status_code == 404
    contract.refresh_from_db()
    assert contract.status == "planned"


def test_a_link_does_not_answer(as_person, gu, li_team, actor):
    contract = enrolling.ask(actor(gu), li_team)
    doctor = as_person(li_team.doctor)
    assert doctor.get(f"{BASE}requests/{contract.pk}/accept/").status_code == 405


def test_the_list_of_requests_costs_the_same_for_one_and_for_many(
    as_person, gu, li_team, actor, django_assert_max_num_queries
):
    from tests.factories.people import PatientFactory

    for _ in range(12):
        other = PatientFactory(general_practitioner=li_team.doctor)
        enrolling.ask(actor(other), li_team)
    browser = as_person(li_team.doctor)
    with django_assert_max_num_queries(10):
        browser.get(f"{BASE}requests/")


def test_markup_in_a_name_is_shown_as_text(as_person, gu, li_team, actor):
    gu.name = "<script>alert(1)</script>"
    gu.save()
    enrolling.ask(actor(gu), li_team)
    page = as_person(li_team.doctor).get(f"{BASE}requests/").content.decode()
    assert "<script>alert" not in page


def test_the_start_pages_show_the_next_step(as_person, gu, li_team, actor):
    enrolling.ask(actor(gu), li_team)
    assert "has not answered yet" in as_person(gu).get("/home/").content.decode()
