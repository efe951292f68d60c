"""A doctor who came in by password and code can sign at once; by passkey only after a password."""

import pytest

from portal.record import signing
from tests.portal.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
DOOR, FACTOR = "/accounts/staff/", "/accounts/staff/second-factor/"


def test_password_and_code_open_the_signing_key(browser, staff, app_code, dr_li):
    browser.post(DOOR, {"username": "li.wei", "password": PASSWORD})
    assert not signing.is_unlocked(browser.session)
    browser.post(FACTOR, {"code": app_code()})
    assert signing.is_unlocked(browser.session)
    key = signing.key_of(browser.session, dr_li)
    assert signing.verify(signing.sign_bytes(key, b"x"), b"x")


def test_a_session_opened_without_the_password_asks_for_it(as_person, dr_li):
    session = as_person(dr_li).session
    assert not signing.is_unlocked(session)
    with pytest.raises(signing.Locked):
        signing.key_of(session, dr_li)


def test_signing_out_takes_the_key_away(browser, staff, app_code, dr_li):
    browser.post(DOOR, {"username": "li.wei", "password": PASSWORD})
    browser.post(FACTOR, {"code": app_code()})
    key = signing.key_of(browser.session, dr_li)
    browser.logout()
    with pytest.raises(signing.Locked):
        signing.sign_bytes(key, b"x")
