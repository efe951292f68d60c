"""What the client keeps (`docs/chat.md`): nothing said is lost, nothing is doubled."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.front.stage import ADDRESS, DOCTOR, ENCOUNTER, ROOM, Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def room(phone: Page, stage: Stage) -> Page:
    stage.open_room(phone)
    phone.wait_for_function("() => document.querySelector('form').dataset")
    return phone


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def bubble(page: Page, text: str):
    return page.locator("li.message").filter(has_text=text)


def test_a_message_is_shown_at_once_and_marked_sent_when_it_is_stored(room, stage):
    say(room, "142 over 88")
    expect(bubble(room, "142 over 88")).to_contain_text("sent")
    assert [one["text"] for one in stage.said] == ["142 over 88"]
    assert uuid.UUID(stage.said[0]["client_id"]).version == 4
    expect(room.get_by_label("Your message")).to_have_value("")


def test_words_said_without_a_line_survive_a_reload_and_go_in_order(phone, stage):
    stage.socket_stands = False
    stage.open_room(phone)
    stage.answers.clear()
    say(phone, "first")
    say(phone, "second")
    expect(bubble(phone, "second")).to_contain_text("sending")
    expect(phone.get_by_text("Reconnecting. Your words are kept.")).to_be_visible()
    stage.socket_stands = True
    stage.open_room(phone)
    expect(bubble(phone, "second")).to_contain_text("sent")
    assert [one["body"]["text"] for one in stage.messages] == ["first", "second"]
    expect(phone.locator("li.message")).to_have_count(2)


def test_an_answer_lost_on_the_way_doubles_nothing(room, stage):
    stage.loses_the_next_answer = True
    say(room, "it hurts")
    expect(bubble(room, "it hurts")).to_contain_text("sent", timeout=10_000)
    expect(room.locator("li.message")).to_have_count(1)
    assert len(stage.messages) == 1


def test_a_message_of_the_doctor_appears_and_is_read(room, stage):
    stage.tell({"type": "consult.message", **stage.store("Good morning")})
    expect(bubble(room, "Good morning")).to_contain_text("Li Wei")
    expect(room.locator("li.message--doctor")).to_have_attribute("data-seq", "1")
    room.wait_for_timeout(100)
    assert {"seq": 1, "encounter": ENCOUNTER}.items() <= stage.commands[-1].items()


def test_a_gap_is_asked_for_and_closed_in_order(room, stage):
    stage.store("one")
    stage.store("two")
    stage.tell({"type": "consult.message", **stage.store("three")})
    expect(room.locator("li.message .message__body")).to_have_text(["one", "two", "three"])


def test_what_was_missed_while_cut_is_there_after_reconnecting(room, stage):
    stage.tell({"type": "consult.message", **stage.store("before")})
    expect(bubble(room, "before")).to_be_visible()
    stage.store("while away")
    stage.cut()
    expect(bubble(room, "while away")).to_be_visible(timeout=10_000)
    asked = [one["after"] for one in stage.commands if one["type"] == "consult.open"]
    assert asked == [0, 1]


def test_a_message_refused_for_good_says_why_and_can_be_changed(room, stage):
    stage.refusals["too much"] = {"code": "too_long", "message": ""}
    say(room, "too much")
    expect(bubble(room, "too much")).to_contain_text("this message is too long")
    room.reload()
    expect(bubble(room, "too much")).to_contain_text("this message is too long")
    room.get_by_role("button", name="Change it").click()
    expect(room.get_by_label("Your message")).to_have_value("too much")
    expect(room.locator("li.message")).to_have_count(0)


def test_a_database_that_is_away_gets_the_same_words_again(room, stage):
    stage.refusals["patience"] = {"code": "unavailable", "message": ""}
    say(room, "patience")
    expect(bubble(room, "patience")).to_contain_text("sending")
    stage.refusals.clear()
    expect(bubble(room, "patience")).to_contain_text("sent", timeout=10_000)
    assert len({one["client_id"] for one in stage.said}) == 1


def test_plain_requests_take_over_when_no_socket_stands(phone, stage):
    stage.socket_stands = False
    stage.open_room(phone)
    stage.store("by another way")
    expect(bubble(phone, "by another way")).to_be_visible(timeout=15_000)
    say(phone, "me too")
    expect(bubble(phone, "me too")).to_contain_text("sent", timeout=15_000)
    expect(phone.get_by_text("New messages arrive every few seconds")).to_be_visible()


def test_read_marks_move_only_forward(room, stage):
    say(room, "one")
    expect(bubble(room, "one")).to_contain_text("sent")
    stage.tell({"type": "consult.read", "person": DOCTOR, "seq": 1})
    expect(bubble(room, "one")).to_contain_text("read")
    stage.tell({"type": "consult.read", "person": DOCTOR, "seq": 0})
    expect(bubble(room, "one")).to_contain_text("read")


def test_markup_in_a_message_is_words(room, stage):
    stage.tell({"type": "consult.message", **stage.store("<img src=x onerror=alert(1)>")})
    expect(room.locator("li.message .message__body")).to_have_text("<img src=x onerror=alert(1)>")
    expect(room.locator("li.message img")).to_have_count(0)


def test_half_written_words_survive_a_reload(room):
    room.get_by_label("Your message").fill("since Monday I")
    room.reload()
    expect(room.get_by_label("Your message")).to_have_value("since Monday I")


def test_signing_out_forgets_what_was_kept(room, stage):
    room.get_by_label("Your message").fill("since Monday I")
    stage.answers["/accounts/logout/"] = lambda request: (200, {"Content-Type": "text/html"}, "bye")
    room.click("#leave")
    expect(room.get_by_text("bye")).to_be_visible()
    room.goto(ADDRESS + "/room/")
    expect(room.get_by_label("Your message")).to_have_value("")
    assert room.evaluate("Object.keys(localStorage).filter(k => k.startsWith('kept:')).length") == 0


def test_a_session_that_ended_says_so_and_asks_no_more(room, stage):
    stage.sockets[-1].close(code=4401)
    expect(room.get_by_text("You are signed out. Your words are kept")).to_be_visible()
    room.wait_for_timeout(1500)
    assert len(stage.sockets) == 1


def test_a_picture_is_looked_at_first_and_sent_again_under_the_same_number(room, stage):
    numbers = []

    def taken(request):
        numbers.append(re.search(r'name="client_id"\r\n\r\n(\S+)', request.post_data or "")[1])
        status = 503 if len(numbers) == 1 else 200
        return status, {"Content-Type": "application/json"}, '{"seq": 1}'

    stage.answers[f"/consult/encounters/{ENCOUNTER}/say/"] = taken
    file = {"name": "foot.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"}
    room.set_input_files("input[type=file]", file)
    expect(room.get_by_role("img", name="foot.png")).to_be_attached()
    assert numbers == []
    room.get_by_role("button", name="Send", exact=True).click()
    expect(room.get_by_text("The picture was not sent.")).to_be_visible()
    room.get_by_role("button", name="Try again").click()
    expect(room.get_by_role("img", name="foot.png")).to_have_count(0)
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


def test_news_of_the_end_do_not_cut_off_the_answer_to_the_form_that_ends_it(phone, stage):
    reloads = 'data-state="in-progress" data-on-state="reload" data-conversation'
    stage.store("Good morning")
    stage.open_room(phone)
    stage.show("/room/", ROOM.replace("data-conversation", reloads))
    stage.answers["/accounts/logout/"] = lambda request: (204, {}, "")  # its page comes later
    phone.reload()
    expect(bubble(phone, "Good morning")).to_be_visible()
    phone.locator("#leave").click()
    stage.tell({"type": "consult.state", "state": "finished"})
    stage.tell({"type": "consult.message", **stage.store("Good-bye")})
    expect(bubble(phone, "Good-bye")).to_be_visible()
    expect(phone.locator("form[data-state=finished]")).to_have_count(1)
    assert stage.asked.count("GET /room/") == 2  # nothing beyond what the test itself opened
