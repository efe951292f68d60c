"""Text size and language: kept on the device and in the profile; a stale form keeps its words."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_visitor_keeps_the_text_size_on_the_device():
    client = Client()
    answer = client.post("/preferences/", {"text_size": "30", "next": "/help/?a=1"})
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == "/help/?a=1"
    assert 'data-size="30"' in client.get("/help/").content.decode()


def test_a_resident_finds_the_text_size_again_on_another_device(chen, as_person):
    as_person(chen).post("/preferences/", {"text_size": "23"})
    chen.user.refresh_from_db()
    assert chen.user.text_size == "23"
    assert 'data-size="23"' in as_person(chen).get("/help/").content.decode()


def test_a_resident_finds_the_language_again_on_another_device(chen, as_person):
    as_person(chen).post("/preferences/", {"language": "zh-hans"})
    chen.user.refresh_from_db()
    assert chen.user.language == "zh-hans"
    assert '<html lang="zh-hans"' in as_person(chen).get("/help/").content.decode()


def test_the_device_says_more_than_the_profile(chen, as_person):
    chen.user.language = "zh-hans"
    chen.user.save()
    client = as_person(chen)
    client.cookies["django_language"] = "en"
    assert '<html lang="en"' in client.get("/help/").content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "javascript:alert(1)",
        "/\\e.example",
        "",
    ],
)
def test_nobody_is_sent_to_a_stranger(elsewhere):
    answer = Client().post("/preferences/", {"text_size": "23", "next": elsewhere})
    assert answer["Location"] == "/preferences/"


@pytest.mark.parametrize(
    "bad",
    [{"text_size": "31"}, {"text_size": "18\x00"}, {"language": "xx"}, {"language": "en\r\nX: y"},
     {"read_aloud": "maybe"}, {"text_size": "18", "language": "../../etc"}],
)  # fmt: skip
def test_a_choice_that_is_none_changes_nothing(bad, chen, as_person):
    client = as_person(chen)
    answer = client.post("/preferences/", bad)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "not one of the choices" in answer.content.decode()
    assert not {"text_size", "django_language", "read_aloud"} & set(client.cookies)
    chen.user.refresh_from_db()
    assert (chen.user.text_size, chen.user.language) == ("", "")


def stale(client, **headers):
    body = {"text_size": "30", "note": "it hurts\nsince <b>Monday</b>", "password": "s3cret"}
    return client.post("/preferences/", body, headers=headers)


def test_a_stale_form_of_ours_keeps_its_words_and_sends_them_with_one_tap():
    answer = stale(Client(enforce_csrf_checks=True), origin="http://testserver")
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "it hurts\nsince &lt;b&gt;Monday&lt;/b&gt;" in page
    assert "Send it now" in page
    assert "s3cret" not in page


def test_a_form_of_a_stranger_is_not_helped_to_try_again():
    answer = stale(Client(enforce_csrf_checks=True), origin="https://elsewhere.example")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "it hurts" not in answer.content.decode()


@pytest.mark.django_db
def test_reading_aloud_is_kept_in_the_profile_and_follows_to_another_device(as_person, chen):
    as_person(chen).post("/preferences/", {"read_aloud": "off"})
    chen.user.refresh_from_db()
    assert chen.user.read_aloud == "off"
    assert 'data-read-aloud="off"' in as_person(chen).get("/preferences/").content.decode()
