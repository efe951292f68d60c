"""The pages that belong to no service, as a visitor and each member of the cast meets them."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from portal import pages, worklist
from portal.organization.models import HealthcareService
from portal.templatetags.page import day_and_time
from portal.worklist import Card

PUBLIC = ["/", "/help/", "/privacy/", "/preferences/", "/offline/"]


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def hall(monkeypatch):
    """An empty registry of cards and start pages."""
    monkeypatch.setattr(worklist, "_sources", type(worklist._sources)(list))
    monkeypatch.setattr(worklist, "_start_pages", {})


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_everyone_may_read_the_public_pages(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == HTTPStatus.OK
    assert 'href="tel:120"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_are_refused(visitor, path, method):
    assert getattr(visitor, method)(path).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_front_door_names_services_prices_doctors_and_telephones(visitor, centre, dr_li):
    HealthcareService.objects.create(
        organization=centre, code="vr", name="Online follow-up", department="General practice",
        is_online=True, price_minor=1250,
    )  # fmt: skip
    HealthcareService.objects.create(
        organization=centre, code="lab", name="Blood test", department="Laboratory"
    )
    page = visitor.get("/").content.decode()
    assert "Online follow-up" in page
    assert "¥12.50" in page
    assert "Blood test" not in page
    assert "Li Wei" in page
    assert "attending doctor" in page
    assert "General practice" in page
    assert 'href="tel:02156000001"' in page
    assert "12320" in page


def test_a_doctor_whose_licence_ended_is_not_on_the_front_door(visitor, dr_li):
    dr_li.licence_until = timezone.localdate() - timedelta(days=1)
    dr_li.save()
    assert "Li Wei" not in visitor.get("/").content.decode()


def test_a_doctor_one_day_short_of_three_years_is_not_on_the_front_door(visitor, dr_li):
    today = timezone.localdate()
    third_year = today.replace(year=today.year - 3, day=min(today.day, 28))
    dr_li.independent_since = third_year + timedelta(days=1 + today.day - third_year.day)
    dr_li.save()
    assert "Li Wei" not in visitor.get("/").content.decode()


def test_the_front_door_asks_the_same_number_of_questions_for_any_number_of_doctors(
    visitor, dr_li, dr_wang, dr_zhao, django_assert_max_num_queries
):
    with django_assert_max_num_queries(3):
        visitor.get("/")


def test_home_sends_a_stranger_to_sign_in(visitor, db):
    answer = visitor.get("/home/")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == "/accounts/login/?next=/home/"


def test_home_shows_what_is_under_way_first_and_then_the_menu(hall, chen, as_person):
    soon, later = timezone.now(), timezone.now() + timedelta(days=1)

    @worklist.home_card("resident")
    def cards(actor):
        yield Card("My family doctor", "/b/", rank=20)
        yield Card("See my doctor", "/a/", rank=10)
        yield Card("Visit next week", "/d/", when=later)
        yield Card("Visit now", "/c/", when=soon, step="go to the waiting room", label="Go in")

    page = as_person(chen).get("/home/").content.decode()
    places = [page.index(f'href="{url}"') for url in ("/c/", "/d/", "/a/", "/b/")]
    assert places == sorted(places)
    assert "Next step: go to the waiting room" in page
    assert "Go in" in page


def test_a_card_is_shown_only_to_its_role(hall, sun, as_person):
    worklist.home_card("resident")(lambda actor: [Card("See my doctor", "/a/")])
    assert "See my doctor" not in as_person(sun).get("/home/").content.decode()


def test_staff_with_a_page_of_their_own_start_there(hall, dr_li, as_person):
    worklist.start_page("doctor", "help")
    assert as_person(dr_li).get("/home/")["Location"] == "/help/"


def test_a_person_without_a_page_of_their_own_gets_a_plain_one(hall, wu, as_person):
    answer = as_person(wu).get("/home/")
    assert answer.status_code == HTTPStatus.OK
    assert "Nothing is waiting for you here." in answer.content.decode()


def test_pages_of_a_person_are_kept_in_no_cache(hall, chen, as_person):
    assert as_person(chen).get("/home/")["Cache-Control"] == "no-store"


def test_the_times_of_a_page_are_those_of_the_centre(hall, chen, as_person):
    worklist.home_card("resident")(
        lambda actor: [Card("V", "/v/", when=timezone.datetime.fromisoformat("2026-01-02T03:04Z"))]
    )
    assert "<strong>11:04</strong>" in as_person(chen).get("/home/").content.decode()


@pytest.mark.parametrize(
    ("language", "parts"),
    [("en", ["Sunday", "22 November", "09:30"]), ("zh-hans", ["星期日", "11月22日", "09:30"])],
)
def test_a_day_is_said_as_the_language_says_it(language, parts):
    with translation.override(language), timezone.override("Asia/Shanghai"):
        said = day_and_time(timezone.datetime.fromisoformat("2026-11-22T01:30Z"))
    assert [part for part in parts if part not in said] == []


def test_an_unknown_address_says_so_with_a_way_on(visitor, db):
    answer = visitor.get("/nothing/here/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is nothing here" in answer.content.decode()
    assert "Go to the start page" in answer.content.decode()


def test_who_tried_too_often_is_told_to_wait(rf):
    answer = pages.too_many(rf.get("/"))
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answer["Retry-After"]) > 0
    assert "One moment, please" in answer.content.decode()


def test_our_own_fault_is_shown_without_a_database(rf, monkeypatch):
    def no_database(*args, **kwargs):
        raise AssertionError("the page of our own fault asked the database")

    monkeypatch.setattr(connection, "cursor", no_database)
    answer = pages.server_error(rf.get("/"))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something broke on our side" in answer.content.decode()
    assert 'href="tel:120"' in answer.content.decode()


def test_the_offline_page_says_nothing_of_a_person(chen, as_person):
    page = as_person(chen).get("/offline/").content.decode()
    assert "Chen" not in page
    assert "csrfmiddlewaretoken" not in page
    assert str(chen.user.pk) not in page


def test_the_manifest_names_icons_and_the_start(visitor, db):
    facts = visitor.get("/manifest.webmanifest").json()
    assert facts["start_url"] == "/home/"
    assert facts["display"] == "standalone"
    assert any(icon.get("purpose") == "maskable" for icon in facts["icons"])


def test_the_service_worker_changes_its_name_with_the_offline_page(visitor, db, settings):
    before = visitor.get("/service-worker.js")
    assert before["Content-Type"].startswith("text/javascript")
    settings.HELP_TELECOM = "021-1"
    assert visitor.get("/service-worker.js").content != before.content
