"""A resident enters with a number and six digits; the same flow registers a new number."""

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from portal.accounts import phones
from portal.accounts.models import User

pytestmark = pytest.mark.django_db
NUMBER = "13812345678"
E164 = "+8613812345678"


def ask(browser, number=NUMBER, **data):
    return browser.post("/accounts/login/", {"phone": number, **data})


def enter(browser, telephone, number=NUMBER, **data):
    ask(browser, number, **data)
    return browser.post("/accounts/login/code/", {"code": telephone[-1][1]})


def signed_in(browser):
    return "_auth_user_id" in browser.session


def test_a_new_number_becomes_an_account_in_one_flow(browser, telephone):
    answer = enter(browser, telephone)
    assert answer.status_code == 302
    assert answer["Location"] == "/home/"
    user = User.objects.get(role="resident")
    assert user.phone == E164
    assert signed_in(browser)
    assert UserSession.objects.filter(user=user).count() == 1


def test_the_same_number_comes_back_to_the_same_account(telephone):
    with time_machine.travel("2026-03-08 08:00") as clock:
        enter(Client(), telephone)
        clock.shift(60)
        enter(Client(), telephone, "+86 138-1234-5678")
    assert User.objects.filter(role="resident").count() == 1


def test_no_account_is_made_before_the_code_is_right(browser, telephone):
    ask(browser)
    assert not User.objects.exists()


def test_a_known_and_an_unknown_number_get_the_same_answer(chen, telephone):
    phones.give(chen.user, E164)
    known, unknown = ask(Client()), ask(Client(), "13912345678")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(telephone) == 2


def test_the_number_is_sealed_in_the_database(browser, telephone):
    enter(browser, telephone)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index, username FROM accounts_user")
        assert "138" not in "".join(map(str, cursor.fetchone()))[:60]


def test_the_session_keeps_neither_code_nor_number_in_plain(browser, telephone):
    ask(browser)
    kept = str(Session.objects.get().get_decoded())
    assert telephone[0][1] not in kept
    assert "13812345678" not in kept


@pytest.mark.parametrize("typed", ["{} ", " {}", "{:.3}-{:.0}"])
def test_a_code_may_be_pasted_with_its_surroundings(browser, telephone, typed):
    ask(browser)
    code = telephone[0][1]
    pasted = f"{code[:3]}-{code[3:]}" if "-" in typed else typed.format(code)
    assert browser.post("/accounts/login/code/", {"code": pasted}).status_code == 302


def test_full_width_digits_count(browser, telephone):
    ask(browser, "１３８１２３４５６７８")
    wide = telephone[0][1].translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert browser.post("/accounts/login/code/", {"code": wide}).status_code == 302


def test_the_code_field_is_filled_by_the_telephone(browser, telephone):
    ask(browser)
    page = browser.get("/accounts/login/code/").content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert "138 1234 5678" in page


def test_a_wrong_code_is_said_kindly_and_may_be_tried_again(browser, telephone):
    ask(browser)
    right = telephone[0][1]
    wrong = "000000" if right != "000000" else "111111"
    answer = browser.post("/accounts/login/code/", {"code": wrong})
    assert answer.status_code == 400
    assert "do not match" in answer.content.decode()
    assert browser.post("/accounts/login/code/", {"code": right}).status_code == 302


def test_the_sixth_try_waits_even_with_the_right_code_and_another_browser(telephone):
    with time_machine.travel("2026-03-08 08:00") as clock:
        first = Client()
        ask(first)
        right = telephone[0][1]
        wrong = "000000" if right != "000000" else "111111"
        for _ in range(5):
            assert first.post("/accounts/login/code/", {"code": wrong}).status_code == 400
        answer = first.post("/accounts/login/code/", {"code": right})
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 800
        clock.shift(60)
        second = Client()
        ask(second)
        answer = second.post("/accounts/login/code/", {"code": telephone[-1][1]})
        assert answer.status_code == 429


def test_a_late_code_starts_again_with_a_sentence(browser, telephone):
    with time_machine.travel("2026-03-08 08:00") as clock:
        ask(browser)
        clock.shift(601)
        answer = browser.post("/accounts/login/code/", {"code": telephone[0][1]})
        assert answer.status_code == 400
        assert "too old" in answer.content.decode()
    assert not signed_in(browser)


def test_the_first_message_counts_when_it_arrives_after_the_second(browser, telephone):
    with time_machine.travel("2026-03-08 08:00") as clock:
        ask(browser)
        clock.shift(40)
        browser.post("/accounts/login/code/again/")
        assert len(telephone) == 2
        answer = browser.post("/accounts/login/code/", {"code": telephone[0][1]})
        assert answer.status_code == 302


def test_a_code_works_once(browser, telephone):
    enter(browser, telephone)
    stranger = Client()
    stranger.cookies = browser.cookies
    browser.post("/accounts/logout/")
    answer = browser.post("/accounts/login/code/", {"code": telephone[0][1]})
    assert answer.status_code == 400
    assert not signed_in(browser)


def test_another_code_may_be_asked_for_after_half_a_minute(browser, telephone):
    with time_machine.travel("2026-03-08 08:00", tick=False) as clock:
        ask(browser)
        answer = browser.post("/accounts/login/code/again/")
        assert answer.status_code == 429
        assert answer["Retry-After"] == "30"
        clock.shift(30)
        assert browser.post("/accounts/login/code/again/").status_code == 302
    assert len(telephone) == 2


def test_a_number_is_not_flooded_with_messages(telephone):
    for _ in range(6):
        assert ask(Client()).status_code == 302
    answer = ask(Client())
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 800
    assert len(telephone) == 6


def test_who_signs_in_again_and_again_is_not_a_flood(telephone):
    for _ in range(10):
        assert enter(Client(), telephone).status_code == 302


def test_a_double_tap_on_the_code_ends_signed_in(browser, telephone):
    enter(browser, telephone)
    answer = browser.post("/accounts/login/code/", {"code": telephone[0][1]})
    assert answer.status_code == 302
    assert signed_in(browser)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("13812345678", E164),
        ("+86 138 1234 5678", E164),
        ("0086 13812345678", E164),
        ("+7 912 345-67-89", "+79123456789"),
        ("+421 905 123 456", "+421905123456"),
    ],
)
def test_numbers_are_taken_as_people_write_them(number, kept):
    assert phones.parse(number) == kept


@pytest.mark.parametrize(
    "number",
    ["", " ", "1381234567", "138123456789", "abc", "12345", "021-56000001", "+1 202 555 0143",
     "+44 7911 123456", "13812345678\x00", "' OR 1=1", "💊", "1" * 41, "+86 138 1234 5678 ext. 5"],
)  # fmt: skip
def test_what_is_no_mobile_number_gets_one_sentence_and_no_message(browser, telephone, number):
    answer = ask(browser, number)
    assert answer.status_code == 400
    assert not telephone


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "\x00" * 6, "1" * 500])
def test_what_is_no_code_gets_one_sentence(browser, telephone, code):
    ask(browser)
    assert browser.post("/accounts/login/code/", {"code": code}).status_code == 400


def test_without_a_number_there_is_no_code_page(browser):
    assert "too old" in browser.get("/accounts/login/code/").content.decode()


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/consult/", "/consult/"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("/\\evil.example", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("http:///evil.example", "/home/"),
    ],
)
def test_only_a_local_way_back_is_taken(browser, telephone, asked, goes):
    assert enter(browser, telephone, next=asked)["Location"] == goes


def test_the_session_key_changes_at_sign_in(browser, telephone):
    ask(browser)
    before = browser.session.session_key
    browser.post("/accounts/login/code/", {"code": telephone[0][1]})
    assert browser.session.session_key != before
    assert not SessionStore().exists(before)


def test_a_planted_session_key_is_not_taken(browser, telephone):
    browser.cookies[settings.SESSION_COOKIE_NAME] = "planted0planted0planted0planted0"
    enter(browser, telephone)
    assert browser.session.session_key != "planted0planted0planted0planted0"


def test_a_resident_stays_signed_in_for_thirty_days(browser, telephone):
    enter(browser, telephone)
    assert browser.session.get_expiry_age() == 30 * 24 * 3600


def test_a_closed_account_does_not_open(browser, telephone, chen):
    phones.give(chen.user, E164)
    User.objects.filter(pk=chen.user.pk).update(is_active=False)
    answer = enter(browser, telephone)
    assert answer["Location"] == "/accounts/inactive/"
    assert not signed_in(browser)


def test_staff_do_not_enter_by_telephone(browser, telephone, dr_li):
    phones.give(dr_li.user, E164)
    enter(browser, telephone)
    assert browser.session["_auth_user_id"] != str(dr_li.user.pk)
    assert User.objects.get(pk=browser.session["_auth_user_id"]).role == "resident"


def test_a_number_belongs_to_one_resident(chen, neighbour):
    from django.db import IntegrityError

    phones.give(chen.user, E164)
    with pytest.raises(IntegrityError):
        phones.give(neighbour.user, E164)


def test_other_methods_are_refused(browser):
    for path in ("/accounts/login/", "/accounts/login/code/", "/accounts/staff/"):
        assert browser.put(path).status_code == 405
        assert browser.generic("TRACE", path).status_code == 405
