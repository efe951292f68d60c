"""Requests that no browser of ours sends: each gets a page and a sentence, and changes nothing."""

from __future__ import annotations

import pytest
from django.test import Client

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def stranger():
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/help/", "/home/", "/accounts/login/", "/nowhere/"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1,evil.example", "evil.example:80", ""])
def test_an_address_that_is_not_ours_is_told_nothing(stranger, path, host):
    answer = stranger.get(path, headers={"host": host})
    assert answer.status_code == 400
    assert b"tel:120" in answer.content and b"evil" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_machine_that_watches_may_ask_by_any_address(stranger, path):
    assert stranger.get(path, headers={"host": "10.0.0.7:8001"}).status_code in {200, 503}


@pytest.mark.django_db
def test_a_form_in_another_alphabet_is_not_a_fault_of_ours(stranger):
    stranger.cookies["csrftoken"] = "a" * 32
    answer = stranger.post("/preferences/", "a=b", content_type=f"{FORM}; charset=utf-7")
    assert answer.status_code == 400
    assert b"tel:120" in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/help/", "/accounts/login/", "/manifest.webmanifest"])
def test_whoever_asks_only_for_the_head_of_a_page_gets_it(stranger, path):
    whole, head = stranger.get(path), stranger.head(path)
    assert head.status_code == whole.status_code == 200
    assert head.content == b"" and head["Content-Type"] == whole["Content-Type"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/staff/", "/accounts/logout/"])
def test_the_head_of_a_form_sends_nothing(stranger, path):
    assert stranger.head(path).status_code == stranger.get(path).status_code
