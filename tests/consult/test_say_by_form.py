from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from consult.models import Communication

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def say_url(encounter):
    return reverse("consult:say", args=[encounter.pk])


def test_a_form_says_the_same_as_a_socket(as_person, chen, say_url):
    client_id = uuid.uuid4()
    answer = as_person(chen).post(say_url, {"client_id": client_id, "text": " hello "}, **JSON)
    assert answer.status_code == 200
    assert (answer.json()["seq"], answer.json()["client_id"]) == (1, str(client_id))
    assert Communication.objects.get().text == "hello"


def test_a_double_tap_is_stored_once(as_person, chen, say_url):
    chen, form = as_person(chen), {"client_id": uuid.uuid4(), "text": "hello"}
    assert chen.post(say_url, form, **JSON).json() == chen.post(say_url, form, **JSON).json()
    assert Communication.objects.count() == 1


def test_strangers_find_nothing(as_person, neighbour, dr_wang, dr_zhao, sun, gao, say_url):
    for person in (neighbour, dr_wang, dr_zhao, sun, gao):
        answer = as_person(person).post(say_url, {"client_id": uuid.uuid4(), "text": "hello"})
        assert answer.status_code == 404
    assert not Communication.objects.exists()


def test_messages_are_answered_after_a_number(as_person, chen, encounter, say_url):
    client = as_person(chen)
    for text in ("one", "two", "three"):
        client.post(say_url, {"client_id": uuid.uuid4(), "text": text}, **JSON)
    found = client.get(
        reverse("consult:messages", args=[encounter.pk]), {"after": 1}, **JSON
    ).json()
    assert [message["body"]["text"] for message in found["messages"]] == ["two", "three"]
    assert (found["last_seq"], found["more"]) == (3, False)


def test_a_page_of_messages_is_html_for_a_browser(as_person, chen, encounter, say_url):
    client = as_person(chen)
    client.post(say_url, {"client_id": uuid.uuid4(), "text": "<b>one</b>"}, **JSON)
    page = client.get(reverse("consult:messages", args=[encounter.pk])).content.decode()
    assert "message message--resident message--mine" in page
    assert "&lt;b&gt;one&lt;/b&gt;" in page
