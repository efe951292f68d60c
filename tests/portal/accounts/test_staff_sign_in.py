"""Staff enter with a password and a second factor, always (R109, R111)."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from portal.accounts import second_factor
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from tests.portal.accounts.conftest import PASSWORD, SEED

pytestmark = pytest.mark.django_db
DOOR, FACTOR = "/accounts/staff/", "/accounts/staff/second-factor/"


def knock(browser, username="li.wei", password=PASSWORD, **data):
    return browser.post(DOOR, {"username": username, "password": password, **data})


def enter(browser, app_code, **data):
    knock(browser, **data)
    return browser.post(FACTOR, {"code": app_code()})


def signed_in(browser):
    return "_auth_user_id" in browser.session


def test_password_and_code_open_the_session(browser, staff, app_code):
    assert knock(browser)["Location"] == FACTOR
    answer = browser.post(FACTOR, {"code": app_code()})
    assert answer["Location"] == "/home/"
    assert signed_in(browser)
    assert second_factor.fresh(browser.session)


def test_a_password_alone_opens_no_page(browser, staff):
    knock(browser)
    assert not signed_in(browser)
    for page in ("/notices/", "/accounts/security/", "/accounts/sessions/", "/admin/"):
        answer = browser.get(page)
        assert answer.status_code == 302
        assert "login" in answer["Location"]


def test_a_session_without_the_second_factor_is_nobodys(browser, staff):
    browser.force_login(staff)
    assert browser.get("/notices/").status_code == 302
    assert not signed_in(browser)


def test_a_wrong_name_and_a_wrong_password_read_the_same(browser, staff):
    wrong_name = knock(browser, username="nobody").content
    wrong_password = knock(browser, password="wrong").content
    clean = re.compile(rb'value="(nobody|li\.wei)"|name="csrfmiddlewaretoken" value="\w+"')
    assert clean.sub(b"", wrong_name) == clean.sub(b"", wrong_password)


def test_the_sixth_try_waits_fifteen_minutes_even_with_the_right_password(staff):
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        for _ in range(5):
            assert knock(Client(), password="wrong").status_code == 400
        answer = knock(Client())
        assert answer.status_code == 429
        assert answer["Retry-After"] == "900"
        clock.shift(901)
        assert knock(Client()).status_code == 302


def test_the_sixth_wrong_code_waits_too(browser, staff, app_code):
    knock(browser)
    for _ in range(5):
        assert browser.post(FACTOR, {"code": "not it"}).status_code == 400
    answer = browser.post(FACTOR, {"code": app_code()})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 800
    assert not signed_in(browser)


def test_a_code_works_once_even_in_another_browser(staff, app_code):
    with time_machine.travel("2026-03-08 08:00:10", tick=False):
        assert enter(Client(), app_code)["Location"] == "/home/"
        second = Client()
        assert enter(second, app_code).status_code == 400
        assert not signed_in(second)


def test_an_older_code_than_the_last_one_is_refused(staff, app_code):
    with time_machine.travel("2026-03-08 08:00:10", tick=False):
        older = app_code(-1)
        enter(Client(), app_code)
        second = Client()
        knock(second)
        assert second.post(FACTOR, {"code": older}).status_code == 400


def test_a_clock_that_is_half_a_minute_off_is_forgiven(browser, staff, app_code):
    knock(browser)
    assert browser.post(FACTOR, {"code": app_code(-1)}).status_code == 302


def test_a_first_sign_in_leads_to_the_app_before_anything_else(browser, dr_li, app_code):
    user = dr_li.user
    user.set_password(PASSWORD)
    user.save()
    assert knock(browser, username=user.username)["Location"] == "/accounts/staff/set-up/"
    page = browser.get("/accounts/staff/set-up/").content.decode()
    seed = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert not signed_in(browser)
    assert browser.post("/accounts/staff/set-up/", {"code": "000"}).status_code == 400
    answer = browser.post("/accounts/staff/set-up/", {"code": app_code(seed=seed)})
    assert answer["Location"] == "/accounts/security/recovery-codes/"
    assert signed_in(browser)
    assert second_factor.is_enrolled(user)


def test_the_set_up_page_is_closed_to_those_who_did_not_show_a_password(browser):
    assert browser.get("/accounts/staff/set-up/")["Location"] == DOOR


def test_a_recovery_code_opens_once(staff, app_code):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = Client()
        enter(browser, app_code)
        browser.post("/accounts/security/recovery-codes/")
        page = browser.get("/accounts/security/recovery-codes/").content.decode()
        spare = re.search(r"<li><code>(\d{8})</code>", page)[1]
        again = browser.get("/accounts/security/recovery-codes/").content.decode()
        assert spare not in again
        clock.shift(60)
        other = Client()
        knock(other)
        assert other.post(FACTOR, {"code": spare}).status_code == 302
        third = Client()
        knock(third)
        assert third.post(FACTOR, {"code": spare}).status_code == 400


def test_the_last_second_factor_stays(as_person, staff):
    browser = as_person(staff)
    factor = Authenticator.objects.get()
    assert browser.post(f"/accounts/security/{factor.pk}/remove/").status_code == 409
    assert second_factor.is_enrolled(staff)


def test_nobody_removes_anothers_key(as_person, staff, dr_wang):
    factor = Authenticator.objects.get()
    second_factor.enrol_totp(dr_wang.user, SEED)
    answer = as_person(dr_wang).post(f"/accounts/security/{factor.pk}/remove/")
    assert answer.status_code == 404


def test_a_resident_with_a_password_is_not_let_in_here(browser, chen):
    chen.user.username = "chen"
    chen.user.set_password(PASSWORD)
    chen.user.save()
    assert knock(browser, username="chen").status_code == 400


def test_a_closed_account_reads_like_a_wrong_password(browser, staff):
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert knock(browser).status_code == 400


def test_the_way_back_is_kept_through_both_steps(browser, staff, app_code):
    assert enter(browser, app_code, next="/notices/")["Location"] == "/notices/"


def test_a_foreign_way_back_is_dropped(browser, staff, app_code):
    assert enter(browser, app_code, next="https://evil.example/")["Location"] == "/home/"


def test_a_staff_session_ends_after_twelve_hours(browser, staff, app_code):
    enter(browser, app_code)
    assert browser.session.get_expiry_age() == 12 * 3600


def test_entering_is_in_the_journal_without_secrets(browser, staff, app_code):
    knock(browser, password="wrong")
    enter(browser, app_code)
    lines = list(AuditEvent.objects.values_list("action", "detail"))
    assert ("password-wrong", {}) in lines
    assert ("second-factor", {"method": "totp"}) in lines
    assert ("signed-in", {}) in lines
    assert PASSWORD not in str(lines)


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/accounts/user/"])
def test_the_admin_has_no_door_of_its_own(browser, staff, path):
    answer = browser.get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith(DOOR)
    assert browser.post("/admin/login/", {"username": "li.wei", "password": PASSWORD})[
        "Location"
    ].startswith(DOOR)


def test_the_admin_is_not_there_for_a_doctor(as_person, staff):
    assert as_person(staff).get("/admin/", follow=True).status_code == 404


def test_the_admin_opens_to_a_superuser_with_a_second_factor(as_person, gao):
    gao.is_staff = gao.is_superuser = True
    gao.save()
    assert as_person(gao).get("/admin/").status_code == 200
    assert as_person(gao).get("/admin/accounts/user/").status_code == 200


@pytest.mark.parametrize("password", ["short", "password1234", "837465920183", "Li Wei"])
def test_a_weak_password_is_refused(as_person, staff, password):
    page = as_person(staff).post("/accounts/security/password/", {"old": PASSWORD, "new": password})
    assert page.status_code == 400
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)


def test_a_new_password_ends_the_other_sessions_only(as_person, staff):
    here, there = as_person(staff), as_person(staff)
    new = {"old": PASSWORD, "new": "a river under thin ice"}
    assert here.post("/accounts/security/password/", new).status_code == 302
    assert here.get("/notices/").status_code == 200
    assert there.get("/notices/").status_code == 302


@pytest.mark.parametrize("credential", ["", "{}", "null", "[]", "not json", '{"id": 1}', "\x00"])
def test_a_passkey_that_is_none_proves_nothing(browser, staff, credential):
    knock(browser)
    assert browser.post(FACTOR, {"credential": credential}).status_code == 400
    assert not signed_in(browser)


@pytest.mark.parametrize("credential", ["", "{}", "null", "[]", "not json", '{"id": 1}'])
def test_a_passkey_that_is_none_is_not_kept(as_person, staff, credential):
    browser = as_person(staff)
    browser.get("/accounts/security/passkey/")
    answer = browser.post("/accounts/security/passkey/", {"credential": credential})
    assert answer.status_code == 400
    assert Authenticator.objects.count() == 1


def test_the_landing_page_leads_staff_to_their_door(browser):
    answer = browser.get("/accounts/login/?staff=1&next=/notices/")
    assert answer["Location"] == f"{DOOR}?next=%2Fnotices%2F"


def test_a_superuser_without_a_role_sets_up_a_second_factor_too(browser, db, app_code):
    User.objects.create_superuser("root", password=PASSWORD)
    assert knock(browser, username="root")["Location"] == "/accounts/staff/set-up/"
    page = browser.get("/accounts/staff/set-up/").content.decode()
    seed = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    answer = browser.post("/accounts/staff/set-up/", {"code": app_code(seed=seed)})
    assert browser.get(answer["Location"]).status_code == 200
    assert browser.get("/admin/").status_code == 200


def test_text_messages_speak_the_language_of_the_first_sign_in(browser, staff, app_code):
    browser.cookies["django_language"] = "zh-hans"
    enter(browser, app_code)
    staff.refresh_from_db()
    assert staff.language == "zh-hans"
