"""A number may get a new owner: identity is never the number."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.accounts import phones, signals
from portal.accounts.models import User
from portal.accounts.sessions import open_session
from portal.notification.models import Notification
from portal.secrecy import unseal

pytestmark = pytest.mark.django_db
E164 = "+8613812345678"
PAGE = "/accounts/login/birthday/"


@pytest.fixture
def code():
    """Ask for a code and type it; returns the answer."""
    sent = []

    def ring(phone, code, **_):
        sent.append(unseal(code))

    signals.code_asked.connect(ring)

    def enter(browser):
        browser.post("/accounts/login/", {"phone": E164})
        return browser.post("/accounts/login/code/", {"code": sent[-1]})

    yield enter
    signals.code_asked.disconnect(ring)


@pytest.fixture
def rested(chen):
    """Chen's number was last proved a quarter of a year ago."""
    phones.give(chen.user, E164)
    long_ago = timezone.now() - timedelta(days=95)
    User.objects.filter(pk=chen.user.pk).update(phone_proved_at=long_ago)
    return chen


def signed_in(browser):
    return browser.session.get("_auth_user_id")


def test_a_number_that_rested_asks_one_question(client, rested, code):
    assert code(client)["Location"] == PAGE
    assert not signed_in(client)
    page = client.get(PAGE).content.decode()
    assert "Chen" not in page
    assert "1955" not in page


def test_the_right_birthday_opens_the_record(client, rested, code):
    code(client)
    answer = client.post(PAGE, {"birth_date": "1955-03-08"})
    assert answer["Location"] == "/home/"
    assert signed_in(client) == str(rested.user.pk)
    rested.user.refresh_from_db()
    assert timezone.now() - rested.user.phone_proved_at < timedelta(minutes=1)


def test_a_number_proved_lately_asks_nothing(client, chen, code):
    phones.give(chen.user, E164)
    assert code(client)["Location"] == "/home/"


@pytest.mark.parametrize("day", ["1955-03-09", "", "yesterday", "0000-00-00", "\x00"])
def test_a_wrong_birthday_does_not_open(client, rested, code, day):
    code(client)
    assert client.post(PAGE, {"birth_date": day}).status_code == 400
    assert not signed_in(client)


def test_birthdays_cannot_be_guessed(client, rested, code):
    code(client)
    for _ in range(5):
        client.post(PAGE, {"birth_date": "1950-01-01"})
    answer = client.post(PAGE, {"birth_date": "1955-03-08"})
    assert answer.status_code == 429
    assert not signed_in(client)


def test_a_new_owner_starts_afresh_and_sees_nothing_of_the_old(client, rested, code):
    code(client)
    client.post(PAGE, {"somebody-else": "1"})
    newcomer = User.objects.get(pk=signed_in(client))
    assert newcomer != rested.user
    assert newcomer.phone == E164
    rested.refresh_from_db()
    assert rested.user.phone == ""
    assert Notification.objects.get(user=rested.user).kind == "number-released"
    assert "Chen" not in client.get("/home/").content.decode()


def test_the_old_owner_stays_signed_in_where_she_was(client, rested, code):
    hers = Client()
    hers.cookies["sessionid"] = open_session(rested.user)
    code(client)
    client.post(PAGE, {"somebody-else": "1"})
    assert hers.get("/notices/").status_code == 200


def test_an_account_without_a_record_has_nothing_to_protect(client, code, db):
    with time_machine.travel("2026-01-01"):
        user = phones.resident_or_new(E164)
    assert code(client)["Location"] == "/home/"
    assert signed_in(client) == str(user.pk)


def test_the_page_is_closed_without_a_code(client, db):
    assert client.get(PAGE)["Location"] == "/accounts/login/"
    assert client.post(PAGE, {"somebody-else": "1"})["Location"] == "/accounts/login/"
