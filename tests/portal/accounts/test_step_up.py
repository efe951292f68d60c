"""A fresh second factor before a risky act, and to unlock a desk left alone (R7, R109, R141)."""

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory

from portal.accounts import second_factor
from portal.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
PAGE = "/accounts/second-factor/"


def test_a_right_code_makes_the_session_fresh_and_goes_back(as_person, staff, app_code):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        clock.shift(400)
        assert not second_factor.fresh(browser.session)
        answer = browser.post(f"{PAGE}?next=/notices/", {"code": app_code()})
        assert answer["Location"] == "/notices/"
        assert second_factor.fresh(browser.session)
    line = AuditEvent.objects.get(action="second-factor")
    assert line.detail == {"method": "totp"}
    assert line.agent == staff


def test_a_replayed_code_is_refused(as_person, staff, app_code):
    with time_machine.travel("2026-03-08 08:00:10", tick=False):
        browser = as_person(staff)
        code = app_code()
        assert browser.post(PAGE, {"code": code}).status_code == 302
        assert browser.post(PAGE, {"code": code}).status_code == 400


def test_the_proof_of_one_session_is_not_the_proof_of_another(as_person, staff, app_code):
    with time_machine.travel("2026-03-08 08:00") as clock:
        one, other = as_person(staff), as_person(staff)
        clock.shift(400)
        one.post(PAGE, {"code": app_code()})
        assert second_factor.fresh(one.session)
        assert not second_factor.fresh(other.session)


def test_a_wrong_code_changes_nothing(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        clock.shift(400)
        assert browser.post(PAGE, {"code": "123"}).status_code == 400
        assert browser.post(PAGE, {"code": ""}).status_code == 400
        assert not second_factor.fresh(browser.session)


def test_nobody_steps_up_without_being_signed_in(browser):
    assert "/accounts/login/" in browser.get(PAGE)["Location"]


@second_factor.required
def risky(request):
    return HttpResponse("done")


def request_of(browser, method="get", **headers):
    request = getattr(RequestFactory(), method)("/consult/desk/?a=1", headers=headers)
    request.session = browser.session
    return request


def test_a_risky_act_asks_for_the_factor_and_remembers_the_page(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        assert risky(request_of(browser)).content == b"done"
        clock.shift(301)
        answer = risky(request_of(browser))
        assert answer.status_code == 302
        assert answer["Location"] == f"{PAGE}?next=%2Fconsult%2Fdesk%2F%3Fa%3D1"


def test_a_risky_form_goes_back_to_its_page(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        clock.shift(301)
        answer = risky(request_of(browser, "post", Referer="http://testserver/consult/desk/"))
        assert answer["Location"].endswith("next=%2Fconsult%2Fdesk%2F")
        answer = risky(request_of(browser, "post", Referer="https://evil.example/x"))
        assert answer["Location"].endswith("next=%2Fhome%2F")


def test_a_fragment_is_told_by_401(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        clock.shift(301)
        answer = risky(request_of(browser, **{"HX-Request": "true"}))
        assert answer.status_code == 401
        assert answer["HX-Redirect"].startswith(PAGE)


def test_a_desk_left_alone_locks_and_a_code_unlocks_the_same_session(as_person, staff, app_code):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        key = browser.session.session_key
        clock.shift(901)
        answer = browser.get("/notices/")
        assert answer["Location"] == "/accounts/login/?next=/notices/"
        answer = browser.get(answer["Location"])
        assert answer["Location"] == f"{PAGE}?next=%2Fnotices%2F"
        assert "is kept" in browser.get(answer["Location"]).content.decode()
        browser.post(answer["Location"], {"code": app_code()})
        assert browser.get("/notices/").status_code == 200
        assert browser.session.session_key == key


def test_a_locked_desk_answers_fragments_with_401(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        clock.shift(901)
        answer = browser.get("/notices/", headers={"HX-Request": "true"})
        assert answer.status_code == 401


def test_working_keeps_the_desk_open(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        for _ in range(4):
            clock.shift(600)
            assert browser.get("/notices/").status_code == 200


def test_what_the_page_fetches_by_itself_does_not_keep_it_open(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        clock.shift(600)
        browser.get("/notices/", headers={"HX-Request": "true"})
        browser.get("/notices/", headers={"Sec-Fetch-Mode": "cors"})
        browser.get("/notices/", headers={"Accept": "application/json"})
        clock.shift(301)
        assert browser.get("/notices/").status_code == 302


def test_a_pressed_key_keeps_it_open_any_number_of_times(as_person, staff):
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        browser = as_person(staff)
        for _ in range(12):
            clock.shift(880)
            assert browser.post("/accounts/still-here/").content == b"900"
        assert browser.get("/notices/").status_code == 200


def test_looking_at_the_clock_does_not_wind_it(as_person, staff):
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        browser = as_person(staff)
        clock.shift(600)
        headers = {"Sec-Fetch-Mode": "cors"}
        left = browser.get("/accounts/still-here/", headers=headers).content
        assert left == b"300"
        clock.shift(301)
        assert browser.get("/accounts/still-here/", headers=headers).status_code == 401


def test_a_courier_walks_for_an_hour_before_the_telephone_locks(as_person, wu):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(wu)
        clock.shift(3500)
        assert browser.get("/delivery/courier/way/").status_code == 200
        clock.shift(3601)
        answer = browser.get("/delivery/courier/way/")
        assert answer["Location"] == "/accounts/login/?next=/delivery/courier/way/"


def test_a_resident_is_not_locked_out_by_the_clock(as_person, chen):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(chen)
        clock.shift(7 * 24 * 3600)
        assert browser.get("/notices/").status_code == 200


def test_a_locked_desk_can_be_left_for_good(as_person, staff):
    with time_machine.travel("2026-03-08 08:00") as clock:
        browser = as_person(staff)
        clock.shift(901)
        assert browser.post("/accounts/logout/").status_code == 302
        assert "_auth_user_id" not in browser.session
