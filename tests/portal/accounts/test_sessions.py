"""Where somebody is signed in, and how every way of ending it takes the sockets along."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from portal.accounts import signals
from portal.accounts.models import User
from tests.portal.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """What the sockets are told: ended sessions (and whether they still exist), changed people."""
    from django.db import transaction

    monkeypatch.setattr(transaction, "on_commit", lambda callback, **_: callback())
    ended, changed = [], []

    def hear(user_id, session_key, **_):
        if session_key:
            ended.append((session_key, SessionStore().exists(session_key)))
        else:
            changed.append(user_id)

    signals.access_ended.connect(hear)
    yield ended, changed
    signals.access_ended.disconnect(hear)


def test_signing_out_ends_the_session_before_the_sockets_hear_of_it(as_person, chen, heard):
    browser = as_person(chen)
    key = browser.session.session_key
    browser.post("/accounts/logout/")
    assert heard[0] == [(key, False)]
    assert not UserSession.objects.exists()
    assert browser.get("/notices/").status_code == 302


def test_signing_out_makes_the_browser_forget(as_person, chen):
    answer = as_person(chen).post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"storage"'


def test_a_session_is_of_no_use_after_signing_out(as_person, chen):
    browser = as_person(chen)
    stolen = browser.cookies.copy()
    browser.post("/accounts/logout/")
    browser.cookies = stolen
    assert browser.get("/notices/").status_code == 302


def test_opening_the_page_does_not_sign_out(as_person, chen):
    browser = as_person(chen)
    assert browser.get("/accounts/logout/").status_code == 200
    assert browser.get("/notices/").status_code == 200


def test_signing_out_twice_is_harmless(as_person, chen):
    browser = as_person(chen)
    browser.post("/accounts/logout/")
    assert browser.post("/accounts/logout/").status_code == 302


def test_one_sees_and_ends_ones_own_devices(as_person, chen, heard):
    here, there = as_person(chen), as_person(chen)
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("Sign this device out") == 2
    row = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/accounts/sessions/{row.pk}/end/").status_code == 302
    assert heard[0] == [(row.session_key, False)]
    assert there.get("/notices/").status_code == 302
    assert here.get("/notices/").status_code == 200


def test_nobody_ends_anothers_device(as_person, chen, neighbour):
    hers = as_person(chen)
    row = UserSession.objects.get(session_key=hers.session.session_key)
    assert as_person(neighbour).post(f"/accounts/sessions/{row.pk}/end/").status_code == 404
    assert hers.get("/notices/").status_code == 200


def test_all_other_devices_end_at_one_touch(as_person, chen):
    here, there, elsewhere = as_person(chen), as_person(chen), as_person(chen)
    here.post("/accounts/sessions/others/end/")
    assert here.get("/notices/").status_code == 200
    assert there.get("/notices/").status_code == 302
    assert elsewhere.get("/notices/").status_code == 302


@pytest.fixture
def administer(as_person, gao):
    """What the administrator sends from the page of one account, one field changed."""
    gao.is_staff = gao.is_superuser = True
    gao.save()
    browser = as_person(gao)

    def send(user, **changes):
        address = f"/admin/accounts/user/{user.pk}/change/"
        form = browser.get(address).context["adminform"].form
        sent = {name: form[name].value() for name in form.fields} | changes
        kept = {name: value for name, value in sent.items() if value not in (None, False)}
        answer = browser.post(address, kept)
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        return browser

    return send


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"role": "courier"}, {"is_staff": True}, {"is_superuser": True}],
)
def test_rights_changed_by_the_administration_end_every_session_and_socket(
    as_person, dr_li, heard, administer, change
):
    browser = as_person(dr_li)
    key = browser.session.session_key
    administer(dr_li.user, **change)
    assert (key, False) in heard[0]
    assert heard[1] == [dr_li.user.pk]
    assert browser.get("/notices/").status_code == 302


def test_a_resident_who_becomes_staff_needs_the_second_factor(as_person, chen):
    browser = as_person(chen)
    chen.user.role = User.Role.DOCTOR
    chen.user.save()
    assert browser.get("/notices/").status_code == 302


def test_a_password_given_by_the_administration_closes_open_sockets(dr_li, heard, administer):
    address = f"/admin/accounts/user/{dr_li.user.pk}/password/"
    words = "a river under thin ice"
    sent = {"password1": words, "password2": words, "usable_password": "true"}
    assert administer(dr_li.user).post(address, sent).status_code == 302
    dr_li.user.refresh_from_db()
    assert dr_li.user.check_password(words)
    assert heard[1] == [dr_li.user.pk]


def test_a_new_password_closes_open_sockets(as_person, staff, heard):
    new = {"old": PASSWORD, "new": "a river under thin ice"}
    assert as_person(staff).post("/accounts/security/password/", new).status_code == 302
    assert heard[1] == [staff.pk]


def test_an_unimportant_change_closes_nothing(as_person, dr_li, heard, administer):
    browser = as_person(dr_li)
    administer(dr_li.user, language="zh-hans")
    assert heard == ([], [])
    assert browser.get("/notices/").status_code == 200
