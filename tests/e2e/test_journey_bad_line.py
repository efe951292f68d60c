"""A line that breaks: what Chen says on her telephone reaches Dr Li once, whatever happens."""

from __future__ import annotations

import io
import json
import re
import uuid

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.e2e.line import Line
from tests.e2e.reading import count_of
from tests.e2e.talking import (
    RECONNECTING,
    bubble,
    given_the_socket_stands,
    photo,
    room,
    say,
    stored,
    then_it_arrived_once,
)

MEMBERS = {"chen", "dr_li"}
PATIENCE_S = 20


@pytest.fixture(scope="module")
def scene(demo):
    """One conversation for all plays here: every play says words of its own."""
    return demo.scene("conversation")


@pytest.fixture
def chen(play, scene):
    """Chen's telephone; it opens the room when the play says so."""
    return play.person(scene, "chen", "phone")


@pytest.fixture
def doctor(play, scene):
    page = play.person(scene, "dr_li", "desk")
    page.goto(f"/consult/desk/encounters/{scene['ids']['encounter']}/")
    given_the_socket_stands(page)
    return page


@pytest.mark.servers
def test_words_go_both_ways_over_the_socket(scene, chen, doctor, whole):
    posted = []
    chen.on("request", lambda one: one.method == "POST" and posted.append(one.url))
    chen.goto(room(scene))
    say(chen, "I measured 142 over 88 今天142/88")
    then_it_arrived_once(scene, "I measured 142 over 88 今天142/88", chen, doctor)
    say(doctor, "Thank you, that is well 谢谢")
    then_it_arrived_once(scene, "Thank you, that is well 谢谢", doctor, chen)
    assert posted == []
    whole(chen)
    whole(doctor)


@pytest.mark.parametrize("lost", ["words", "promise"])
def test_words_said_into_a_breaking_line_arrive_once(scene, chen, doctor, lost):
    line = Line(chen)
    chen.goto(room(scene))
    given_the_socket_stands(chen)
    line.loses = lost
    hers, his = f"It began on Monday ({lost})", f"Take your time ({lost})"
    say(chen, hers)
    expect(chen.locator("[data-connection]")).to_have_text(RECONNECTING)
    expect(bubble(chen, hers)).to_contain_text("sending")
    say(doctor, his)
    expect(bubble(doctor, his)).to_have_attribute("data-seq", re.compile(r"\d+"))
    expect(bubble(doctor, hers)).to_have_count(1 if lost == "promise" else 0)
    assert bubble(chen, his).count() == 0
    line.mend()
    then_it_arrived_once(scene, hers, chen, doctor)
    then_it_arrived_once(scene, his, chen, doctor)
    expect(chen.locator("[data-connection]")).to_be_hidden()


def test_unsent_words_survive_a_reload_and_are_sent_once(scene, chen, doctor):
    line = Line(chen)
    chen.goto(room(scene))
    given_the_socket_stands(chen)
    line.cut()
    expect(chen.locator("[data-connection]")).to_have_text(RECONNECTING)
    say(chen, "Before the reload")
    chen.reload()
    expect(bubble(chen, "Before the reload")).to_contain_text("sending")
    expect(bubble(doctor, "Before the reload")).to_have_count(0)
    line.mend()
    then_it_arrived_once(scene, "Before the reload", chen, doctor)
    chen.reload()
    then_it_arrived_once(scene, "Before the reload", chen, doctor)


@pytest.mark.servers
def test_two_tabs_of_one_person_show_one_list(scene, chen, doctor):
    line = Line(chen)
    other = chen.context.new_page()
    chen.goto(room(scene))
    other.goto(room(scene))
    say(chen, "From the first tab")
    say(other, "From the second tab")
    say(doctor, "To both tabs")
    for words in ("From the first tab", "From the second tab", "To both tabs"):
        then_it_arrived_once(scene, words, chen, other, doctor)
    line.cut()
    say(chen, "Without a line")
    other.reload()
    expect(bubble(other, "Without a line")).to_contain_text("sending")
    line.mend()
    then_it_arrived_once(scene, "Without a line", chen, other, doctor)


def then_the_picture_is_seen(page: Page, before: int) -> str:
    """One picture more, really drawn; returns its address."""
    pictures = page.locator("li.message img")
    expect(pictures).to_have_count(before + 1)
    pictures.last.scroll_into_view_if_needed()
    expect(pictures.last).to_have_js_property("naturalWidth", 320)
    return pictures.last.get_attribute("src")


def test_a_picture_goes_from_the_telephone_to_the_doctor(scene, chen, doctor):
    chen.goto(room(scene))
    before = count_of(doctor.locator("li.message img"))
    chen.set_input_files("input[name=pictures]", photo("ankle.jpg"))
    expect(chen.get_by_role("img", name="ankle.jpg")).to_be_visible()
    expect(doctor.locator("li.message img")).to_have_count(before)
    chen.get_by_role("button", name="Send", exact=True).click()
    address = then_the_picture_is_seen(doctor, before)
    assert then_the_picture_is_seen(chen, before) == address
    expect(chen.locator("[data-preview]")).to_be_hidden()
    kept = doctor.request.get(address)
    assert kept.headers["content-type"] == "image/jpeg"
    assert dict(Image.open(io.BytesIO(kept.body())).getexif()) == {}


def test_words_and_a_picture_go_by_a_plain_form(play, scene, doctor):
    page = play.person(scene, "chen", "phone", script=False)
    page.goto(room(scene))
    before = count_of(doctor.locator("li.message img"))
    say(page, "By a plain form")
    expect(page).to_have_url(re.compile(re.escape(room(scene)) + "$"))
    then_it_arrived_once(scene, "By a plain form", page, doctor)
    page.set_input_files("input[name=pictures]", photo("foot.jpg"))
    say(page, "And this is my foot")
    address = then_the_picture_is_seen(doctor, before)
    assert then_the_picture_is_seen(page, before) == address
    then_it_arrived_once(scene, "And this is my foot", page, doctor)
    say(doctor, "I see it well")
    expect(bubble(doctor, "I see it well")).to_have_attribute("data-seq", re.compile(r"\d+"))
    page.reload()
    then_it_arrived_once(scene, "I see it well", page, doctor)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_broken_picture_is_refused_in_a_sentence_and_not_kept(play, scene, script):
    play.expect_fault("422")
    page = play.person(scene, "chen", "phone", script=script)
    page.goto(room(scene))
    before = stored(page, scene)
    broken = {**photo("half.jpg"), "buffer": photo("half.jpg")["buffer"][:200]}
    page.set_input_files("input[name=pictures]", broken)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("main")).to_contain_text("This picture cannot be read.")
    assert stored(page, scene) == before


def socket_of(demo, session: str = "", **more) -> ClientConnection:
    """A socket as a program opens it, with a session's cookie and our own origin."""
    cookie = {"Cookie": f"sessionid={session}"} if session else {}
    address = demo.base_url.replace("http", "ws", 1) + "/live/"
    more = {"origin": demo.base_url, "open_timeout": PATIENCE_S, **more}
    return connect(address, additional_headers=cookie, **more)


def asked(socket: ClientConnection, **command) -> dict:
    """The answer to a command; events for others are passed over."""
    name = uuid.uuid4().hex
    socket.send(json.dumps({"id": name, **command}))
    while (told := json.loads(socket.recv(PATIENCE_S))).get("id") != name:
        pass
    return told


def commands(encounter: str) -> list[dict]:
    words = {"client_id": str(uuid.uuid4()), "text": "May I come in?"}
    return [
        {"type": "consult.open", "encounter": encounter, "after": 0},
        {"type": "consult.say", "encounter": encounter, **words},
        {"type": "consult.read", "encounter": encounter, "seq": 1},
    ]


def answers(socket: ClientConnection, encounter: str) -> list[dict]:
    told = [asked(socket, **command) for command in commands(encounter)]
    return [{name: said for name, said in one.items() if name != "id"} for one in told]


def test_only_the_two_who_talk_find_the_conversation(demo, scene):
    encounter = scene["ids"]["encounter"]
    strangers = sorted(set(scene["sessions"]) - MEMBERS)
    assert len(strangers) >= 8
    with socket_of(demo, scene["sessions"]["chen"]) as mine:
        held = asked(mine, **commands(encounter)[0])["last_seq"]
        for name in strangers:
            with socket_of(demo, scene["sessions"][name]) as socket:
                told = answers(socket, encounter)
                assert [one.get("code") for one in told] == ["not_found"] * 3, (name, told)
                assert told == answers(socket, str(uuid.uuid4())), name
        assert asked(mine, **commands(encounter)[0])["last_seq"] == held
        for name in sorted(MEMBERS):
            with socket_of(demo, scene["sessions"][name]) as socket:
                assert [one["type"] for one in answers(socket, encounter)] == ["ok"] * 3, name
        assert asked(mine, **commands(encounter)[0])["last_seq"] == held + len(MEMBERS)


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("", "ours"),
        ("nobody", "ours"),
        ("chen", "http://portal.example"),
        ("dr_li", "http://127.0.0.1:1"),
        ("chen", "null"),
        ("chen", None),
    ],
)
def test_a_stranger_or_a_foreign_page_gets_no_socket(demo, scene, name, origin):
    session = scene["sessions"].get(name, name)
    with pytest.raises(InvalidStatus) as refused:
        socket_of(demo, session, origin=demo.base_url if origin == "ours" else origin)
    assert refused.value.response.status_code == 403
