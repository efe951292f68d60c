"""The courier's pouch: what is kept, when it is sent again, and what the answers do to it."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.front.stage import ADDRESS
from tests.e2e.pocket import kept_deeds, unsent

pytestmark = pytest.mark.browser

PAGE = """{% extends "courier.html" %}
{% block html_attributes %} data-person="{{ me }}"{% endblock %}
{% block content %}<h1>ABCD2345</h1><article data-parcel="{{ parcel }}" data-number="ABCD2345"
 data-page="/page/" data-as-of="2026-03-08T09:00:00+00:00"><p data-kept-note hidden></p>
<form method="post" action="/deed/" data-later="hand-over" data-what="Handed over"
 data-until="hand-over">
<p data-later-answer role="alert" hidden></p><label>Code <input name="code"></label>
<button>Give</button></form></article>
<form method="post" action="/accounts/logout/" data-sign-out><button>Out</button></form>
{% endblock %}"""
#: The phone is not empty before the test says so.
EMPTIED_WHEN_TOLD = """void (indexedDB.deleteDatabase = () => {
  const asked = {};
  window.emptied = () => asked.onsuccess();
  return asked;
})"""
JSON = {"Content-Type": "application/json"}
OFFLINE_ONLY = {"tabs": [], "as_of": "", "reload": False}


@pytest.fixture
def server(stage):
    """Answers each deed with the next thing of `says`; `got` is what arrived."""

    class Server:
        got: list[dict[str, str]] = []
        says: list[tuple[int, dict[str, str], str]] = []

        def answer(self, request):
            fields = re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n--', request.post_data or "", re.S)
            self.got.append(dict(fields))
            return self.says.pop(0)

    standing = Server()
    standing.got, standing.says = [], []
    stage.answers["/deed/"] = standing.answer
    stage.answers["/delivery/courier/run/"] = lambda request: (200, JSON, '{"pages": []}')
    return standing


@pytest.fixture
def at_the_door(phone, stage):
    def open_page(me="wu", parcel="p-1"):
        stage.show("/page/", PAGE, me=me, parcel=parcel, **OFFLINE_ONLY)
        phone.goto(ADDRESS + "/page/")
        return phone

    return open_page


def taken(sentence="Handed over."):
    told = {"sentence": sentence, "next": "/page/", "as_of": "2026-03-08T09:30:00+00:00"}
    return 200, JSON, json.dumps(told)


def refused(status, sentence):
    return status, JSON, json.dumps({"sentence": sentence})


def give(page, code="123459"):
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Give").click()


def ids(server):
    return [deed["client_id"] for deed in server.got]


def test_taken_it_leaves_the_pouch_and_its_words_leave_the_phone(at_the_door, server):
    server.says = [taken()]
    page = at_the_door()
    give(page)
    expect(page.locator(".pouch__row--accepted")).to_contain_text("Handed over.")
    assert [(row["state"], row["fields"]) for row in kept_deeds(page)] == [("accepted", [])]
    assert server.got[0]["code"] == "123459" and server.got[0]["done_at"].endswith("Z")


@pytest.mark.parametrize(
    "no_answer",
    [
        (503, JSON, "{}"),
        (429, {**JSON, "Retry-After": "1"}, "{}"),
        (200, {"Content-Type": "text/html"}, "<title>Free internet</title>"),
        (502, {"Content-Type": "text/html"}, "Bad gateway"),
    ],
)
def test_what_is_no_answer_keeps_it_and_the_same_one_goes_again(at_the_door, server, no_answer):
    server.says = [no_answer, taken()]
    page = at_the_door()
    give(page)
    expect(page.locator("[data-pouch-count]")).to_have_text(re.compile("not yet sent: 1"))
    expect(page.locator("[data-pouch-line]")).not_to_be_empty()
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    assert len(set(ids(server))) == 1 and len(server.got) == 2


def test_signed_out_it_waits_and_says_where_to_sign_in(at_the_door, server):
    server.says = [refused(401, ""), taken()]
    page = at_the_door()
    give(page)
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
    assert unsent(page) == ["hand-over"]
    page.reload()
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    assert len(set(ids(server))) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused(409, "This code is not right."), "This code is not right."),
        (refused(422, "Ask for the name first."), "Ask for the name first."),
        ((404, {"Content-Type": "text/html"}, "nothing"), "no longer yours"),
    ],
)
def test_a_refusal_is_final_is_shown_and_the_next_try_is_another_deed(
    at_the_door, server, answer, words
):
    server.says = [answer, taken()]
    page = at_the_door()
    give(page, "000000")
    expect(page.locator(".pouch__row--refused")).to_contain_text(words)
    expect(page.locator("[data-later-answer]")).to_contain_text(words)
    give(page, "123459")
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    assert len(set(ids(server))) == 2
    page.get_by_role("button", name="I have seen this").click()
    expect(page.locator(".pouch__row")).to_have_count(0)
    assert kept_deeds(page) == []


def test_two_taps_are_one_deed(at_the_door, server):
    server.says = [taken(), taken()]
    page = at_the_door()
    page.get_by_label("Code").fill("123459")
    page.get_by_role("button", name="Give").dblclick()
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    assert len(server.got) == 1


def test_a_killed_tab_loses_nothing_and_the_order_stays(at_the_door, server, context):
    page = at_the_door()
    server.says = [(503, JSON, "{}")] * 9
    give(page, "111116")
    expect(page.locator("[data-pouch-count]")).to_contain_text("1")
    page = at_the_door(parcel="p-2")
    give(page, "222225")
    expect(page.locator("[data-pouch-count]")).to_contain_text("2")
    page.close()
    server.says = [taken("First."), taken("Second.")]
    server.got.clear()
    page = context.new_page()
    page.goto(ADDRESS + "/page/")
    expect(page.locator(".pouch__row--accepted")).to_have_count(2)
    assert [deed["code"] for deed in server.got] == ["111116", "222225"]


def test_another_courier_on_this_phone_sees_and_sends_nothing_of_it(at_the_door, server):
    server.says = [(503, JSON, "{}")]
    page = at_the_door("wu")
    give(page)
    expect(page.locator("[data-pouch-count]")).to_contain_text("1")
    expect(page.locator("[data-pouch-line]")).not_to_be_empty()  # it was sent, and no answer came
    at_the_door("zheng")
    expect(page.get_by_role("heading", name="ABCD2345")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.locator("[data-pouch]").is_hidden() and len(server.got) == 1
    server.says = [taken()]
    at_the_door("wu")
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    assert len(set(ids(server))) == 1


def test_a_phone_that_keeps_nothing_sends_the_plain_form(at_the_door, server, phone):
    phone.add_init_script("indexedDB.open = () => { throw new Error('full'); };")
    server.says = [(200, {"Content-Type": "text/html"}, "<title>done</title>done")]
    page = at_the_door()
    give(page)
    expect(page.get_by_text("done")).to_be_visible()


def test_a_phone_whose_disk_is_full_says_so_and_sends_the_plain_form(at_the_door, server):
    server.says = [(200, {"Content-Type": "text/html"}, "<title>done</title>done")]
    page = at_the_door()
    expect(page.get_by_role("heading", name="ABCD2345")).to_be_visible()
    page.evaluate("void (IDBObjectStore.prototype.add = () => { throw new Error('full'); })")
    give(page)
    expect(page.locator("[data-later-answer]")).to_contain_text("Press once more")
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_text("done")).to_be_visible()


def test_what_is_typed_after_the_tap_is_not_taken_away_by_the_answer(at_the_door, server, phone):
    slow = taken()
    server.says = [slow]
    page = at_the_door()
    page.route("**/deed/", lambda route: (phone.wait_for_timeout(300), route.fallback()))
    give(page)
    page.evaluate(
        "const more = document.createElement('input'); more.id = 'more';"
        "document.querySelector('article').append(more);"
    )
    page.locator("#more").fill("half a word")
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    page.wait_for_timeout(200)
    expect(page.locator("#more")).to_have_value("half a word")


def test_news_of_the_run_do_not_take_away_the_page_of_one_who_signs_out(at_the_door, server, stage):
    stage.answers["/accounts/logout/"] = lambda request: (200, {"Content-Type": "text/html"}, "Bye")
    page = at_the_door()
    for _moment in range(200):
        if not stage.sockets:
            page.wait_for_timeout(50)
    page.evaluate(EMPTIED_WHEN_TOLD)
    page.get_by_role("button", name="Out").click()
    page.wait_for_function("window.emptied !== undefined")
    stage.tell({"type": "parcel.changed", "parcel": "p-1"})
    page.wait_for_timeout(1500)  # longer than news wait for more of them
    page.evaluate("emptied()")
    expect(page.get_by_text("Bye")).to_be_visible()
    assert stage.asked.count("GET /page/") == 1
