"""Journey 5, further: a file cut off, a server that falls, two devices, a door that closes."""

from __future__ import annotations

import io
import os
import signal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.line import Line
from tests.e2e.talking import (
    RECONNECTING,
    bubble,
    given_the_socket_stands,
    room,
    say,
    stored,
    then_it_arrived_once,
)
from tests.e2e.wire import Wire


@pytest.fixture
def scene(demo):
    """A conversation of its own: these plays break or close it."""
    return demo.scene("conversation")


@pytest.fixture
def chen(play, scene):
    return play.person(scene, "chen", "phone")


@pytest.fixture
def doctor(play, scene):
    page = play.person(scene, "dr_li", "desk")
    page.goto(f"/consult/desk/encounters/{scene['ids']['encounter']}/")
    given_the_socket_stands(page)
    return page


def large_photo(name: str) -> dict:
    """Two megabytes that no compression makes smaller."""
    out = io.BytesIO()
    Image.frombytes("RGB", (900, 900), os.urandom(900 * 900 * 3)).save(out, "JPEG", quality=95)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def pictures(page: Page):
    return page.locator("li.message img")


@pytest.fixture
def wire(play, demo):
    """Chen's own cable; its address is not the portal's, which the play may overlook."""
    play.expect_fault("ERR_")
    play.expect_fault("WebSocket connection")  # the portal opens no socket to another address
    joined = Wire(demo.base_url)
    play.expect_fault(f"left the origin: http://{joined.netloc}/")
    play.expect_fault(f"left the origin: ws://{joined.netloc}/")
    yield joined
    joined.close()


def test_a_picture_cut_off_near_its_end_is_sent_again_and_arrives_once(wire, scene, chen, doctor):
    photo = large_photo("foot.jpg")
    chen.goto(wire.base_url + room(scene))
    given_the_socket_stands(chen)
    before = len(stored(doctor, scene))
    wire.tears_after(len(photo["buffer"]) * 8 // 10)
    chen.set_input_files("input[name=pictures]", photo)
    chen.get_by_role("button", name="Send", exact=True).click()
    expect(chen.get_by_text("The picture was not sent.")).to_be_visible()
    assert wire.is_torn
    assert len(stored(doctor, scene)) == before
    wire.mend()
    chen.get_by_role("button", name="Try again").click()
    expect(pictures(doctor)).to_have_count(1)
    expect(pictures(chen)).to_have_count(1)
    expect(chen.locator("[data-preview]")).to_be_hidden()
    assert len(stored(doctor, scene)) == before + 1


@pytest.mark.servers
def test_a_server_that_falls_loses_nothing_that_was_said(play, demo, scene, chen, doctor):
    play.expect_fault("ERR_CONNECTION_REFUSED")
    play.expect_fault("WebSocket connection")
    play.expect_fault("ERR_EMPTY_RESPONSE")
    play.expect_fault("ERR_CONNECTION_RESET")
    chen.goto(room(scene))
    given_the_socket_stands(chen)
    say(chen, "Just before it fell")
    then_it_arrived_once(scene, "Just before it fell", chen, doctor)
    demo.stop(signal.SIGKILL)
    try:
        expect(chen.locator("[data-connection]")).to_have_text(RECONNECTING)
        say(chen, "Said to nobody")
        expect(bubble(chen, "Said to nobody")).to_contain_text("sending")
        say(doctor, "Is anybody there?")
    finally:
        demo.start()
    then_it_arrived_once(scene, "Said to nobody", chen, doctor)
    then_it_arrived_once(scene, "Is anybody there?", doctor, chen)


def test_two_devices_of_one_person_say_and_see_the_same(play, scene, chen, doctor):
    tablet = play.person(scene, "chen", "tablet")
    chen.goto(room(scene))
    tablet.goto(room(scene))
    say(chen, "From the telephone")
    say(tablet, "From the tablet")
    say(doctor, "To both of them")
    for words in ("From the telephone", "From the tablet", "To both of them"):
        then_it_arrived_once(scene, words, chen, tablet, doctor)
    chen.get_by_label("Your message").fill("half a sentence")
    expect(tablet.get_by_label("Your message")).to_have_value("")


def test_words_on_their_way_while_the_visit_is_stopped_arrive_once_and_a_day_later_no_more(
    demo, scene, chen, doctor
):
    line = Line(chen)
    chen.goto(room(scene))
    given_the_socket_stands(chen)
    line.holds = True
    say(chen, "One more thing")
    expect(bubble(chen, "One more thing")).to_contain_text("sending")
    doctor.get_by_role("link", name="Stop the online visit").first.click()
    doctor.locator("input[name=reason]").first.check()
    doctor.get_by_label("What should the resident do now?").fill("Please come to the centre today.")
    doctor.get_by_role("button", name="Stop the visit").click()
    expect(doctor.locator("main")).to_contain_text("The visit is ended")
    expect(chen.locator("main")).to_contain_text("Please come to the centre today.")
    line.let_go()
    then_it_arrived_once(scene, "One more thing", chen, doctor)

    demo.let("visit_lies_back", scene["ids"]["encounter"], "25")
    say(chen, "Are you still there?")
    expect(bubble(chen, "Are you still there?")).to_contain_text("this conversation is closed")
    expect(bubble(doctor, "Are you still there?")).to_have_count(0)
    assert "Are you still there?" not in [row["body"].get("text") for row in stored(chen, scene)]
    bubble(chen, "Are you still there?").get_by_role("button", name="Change it").click()
    expect(chen.locator("form.dock textarea")).to_have_value("Are you still there?")
