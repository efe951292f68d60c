"""The small scripts: no double sending, kept drafts, late parts, sizes, keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.front.stage import ADDRESS

pytestmark = pytest.mark.browser

HTML = {"Content-Type": "text/html"}
PAGE = '{{% extends "{frame}" %}}{{% block content %}}<h1>Page</h1>{content}{{% endblock %}}'
FORM = """<form method="post" action="/sent/" data-draft="book">{% csrf_token %}
<label>Reason <textarea name="reason"></textarea></label><button>Send</button></form>"""
NOTE = """<form data-autosave="/save/">{% csrf_token %}
<label>Note <textarea name="n"></textarea></label><p data-autosave-state></p></form>"""


def open_page(phone, stage, content, frame="resident.html"):
    stage.show("/page/", PAGE.format(frame=frame, content=content))
    phone.goto(ADDRESS + "/page/")


def test_a_second_tap_sends_nothing(phone, stage):
    open_page(phone, stage, FORM)
    stage.answers["/sent/"] = lambda request: (204, {}, "")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_timeout(200)
    assert stage.asked.count("POST /sent/") == 1


def test_coming_back_to_a_page_opens_its_button_again(phone, stage):
    open_page(phone, stage, FORM)
    stage.answers["/sent/"] = lambda request: (200, HTML, "<title>done</title>done")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("done")).to_be_visible()
    phone.go_back()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("done")).to_be_visible()
    assert stage.asked.count("POST /sent/") == 2


def test_typed_words_come_back_after_a_reload_and_go_when_they_arrived(phone, stage):
    open_page(phone, stage, FORM)
    phone.get_by_label("Reason").fill("since Monday")
    phone.reload()
    expect(phone.get_by_label("Reason")).to_have_value("since Monday")
    stage.show("/sent/", PAGE.format(frame="resident.html", content="<p>done</p>"))
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("done")).to_be_visible()
    phone.goto(ADDRESS + "/page/")
    expect(phone.get_by_label("Reason")).to_have_value("")


def test_a_page_that_failed_keeps_the_words(phone, stage):
    open_page(phone, stage, FORM)
    phone.get_by_label("Reason").fill("since Monday")
    stage.show("/sent/", '{% extends "500.html" %}')
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", name="Something broke on our side")).to_be_visible()
    phone.wait_for_load_state("load")
    phone.goto(ADDRESS + "/page/")
    expect(phone.get_by_label("Reason")).to_have_value("since Monday")


def test_parts_are_filled_one_after_the_other_and_a_slow_one_is_asked_again(phone, stage):
    order = []

    def part(name, statuses):
        def answer(request):
            order.append(name)
            status = statuses.pop(0)
            return status, {**HTML, "Retry-After": "1"}, f"<p>{name} {status}</p>"

        return answer

    stage.answers["/a/"] = part("a", [503, 200])
    stage.answers["/b/"] = part("b", [202, 200])
    open_page(phone, stage, '<div data-fill="/a/"></div><div data-fill="/b/"></div>')
    expect(phone.get_by_text("b 202")).to_be_visible()
    expect(phone.get_by_text("a 200")).to_be_visible(timeout=10_000)
    expect(phone.get_by_text("b 200")).to_be_visible(timeout=10_000)
    assert order[:2] == ["a", "b"]


def test_a_part_that_never_comes_says_so_and_can_be_asked_again(phone, stage):
    stage.answers["/a/"] = lambda request: (404, HTML, "no")
    open_page(phone, stage, '<div data-fill="/a/">…</div>')
    expect(phone.get_by_text("Not available at the moment.")).to_be_visible()
    stage.answers["/a/"] = lambda request: (200, HTML, "<p>there</p>")
    phone.get_by_role("button", name="Try again").click()
    expect(phone.get_by_text("there")).to_be_visible()


def test_script_in_a_part_does_not_run(phone, stage):
    stage.answers["/a/"] = lambda request: (200, HTML, "<p>x</p><script>window.ran = 1</script>")
    open_page(phone, stage, '<div data-fill="/a/"></div>')
    expect(phone.locator("main p")).to_have_text("x")
    assert phone.evaluate("window.ran") is None


@pytest.mark.parametrize("size", ["23", "30"])
def test_the_text_grows_at_once_and_what_is_written_stays(phone, stage, size):
    open_page(phone, stage, FORM)
    stage.answers["/preferences/"] = lambda request: (302, {"Location": "/page/"}, "")
    phone.get_by_label("Reason").fill("since Monday")
    phone.get_by_role("button", name="Large text" if size == "23" else "Largest text").click()
    assert phone.evaluate("getComputedStyle(document.body).fontSize") == f"{size}px"
    expect(phone.get_by_label("Reason")).to_have_value("since Monday")
    assert "POST /preferences/" in stage.asked


def test_keys_walk_through_the_queue_but_not_while_one_writes(phone, stage):
    rows = '<ol data-rows><li><a href="#1">One</a></li><li><a href="#2">Two</a></li></ol>'
    field = '<label>Note <textarea data-key="e"></textarea></label>'
    open_page(phone, stage, rows + field, frame="desk.html")
    phone.keyboard.press("j")
    phone.keyboard.press("j")
    expect(phone.get_by_role("link", name="Two")).to_be_focused()
    phone.keyboard.press("k")
    expect(phone.get_by_role("link", name="One")).to_be_focused()
    phone.keyboard.press("e")
    phone.keyboard.type("jk")
    expect(phone.get_by_label("Note")).to_have_value("jk")


def test_a_draft_saves_itself_and_says_so(phone, stage):
    statuses = [503, 200]
    stage.answers["/save/"] = lambda request: (statuses.pop(0), {}, "")
    open_page(phone, stage, NOTE, frame="desk.html")
    phone.get_by_label("Note").fill("lungs clear")
    expect(phone.get_by_text("Not saved yet.")).to_be_visible()
    phone.get_by_label("Note").fill("lungs clear, no oedema")
    expect(phone.get_by_text("Saved")).to_be_visible()


def test_only_what_was_written_here_comes_back_after_another_window_was_quicker(phone, stage):
    both = NOTE.replace("<p", '<label>Advice <textarea name="a">{}</textarea></label><p')
    stage.answers["/save/"] = lambda request: (409, {}, "changed in another window")
    open_page(phone, stage, both.replace("{}", ""), frame="desk.html")
    phone.get_by_label("Note").fill("lungs clear")
    expect(phone.get_by_text("changed in another window")).to_be_visible()
    stage.answers["/save/"] = lambda request: (200, {}, "")
    open_page(phone, stage, both.replace("{}", "come again"), frame="desk.html")
    expect(phone.get_by_label("Note")).to_have_value("lungs clear")
    expect(phone.get_by_label("Advice")).to_have_value("come again")


HOLD_FETCH = """const send = window.fetch;
window.fetch = (...words) => new Promise((on) => { window.goOn = () => on(send(...words)); });"""


def test_a_button_waits_for_the_draft_that_is_on_its_way(phone, stage):
    """Its answer says what this window has seen: without it the signature would be refused."""
    signed = []

    def sign(request):
        signed.append(request.post_data)
        return 200, HTML, "<title>signed</title>signed"

    saved = 204, {"X-Seen": "new"}, ""
    stage.answers |= {"/save/": lambda request: saved, "/sign/": sign}
    form = NOTE.replace("<form", '<form method="post" action="/sign/"')
    seen = '<input type="hidden" name="seen" value="old"><button>Sign</button><p'
    phone.add_init_script(HOLD_FETCH)
    open_page(phone, stage, form.replace("<p", seen), frame="desk.html")
    phone.get_by_label("Note").fill("lungs clear")
    phone.wait_for_function("() => window.goOn")
    phone.get_by_role("button", name="Sign").click()
    assert signed == []
    phone.evaluate("() => window.goOn()")
    expect(phone.get_by_text("signed")).to_be_visible()
    assert len(signed) == 1 and "seen=new" in signed[0]


def test_a_notice_of_the_server_stays_until_it_is_closed(phone, stage):
    open_page(phone, stage, "<div data-live></div>")
    phone.wait_for_timeout(300)
    stage.tell({"type": "notice", "text": "Your visit was moved.", "url": "/notices/"})
    expect(phone.get_by_text("Your visit was moved.")).to_be_visible()
    expect(phone.get_by_role("link", name="Open")).to_have_attribute("href", "/notices/")
    phone.get_by_role("button", name="Close this notice").click()
    expect(phone.get_by_text("Your visit was moved.")).to_have_count(0)


def test_a_part_that_is_filled_again_keeps_the_place_of_the_reader(phone, stage):
    rows = '<ul><li><a href="#1">One</a></li><li><a href="#2">Two</a></li></ul>'
    stage.answers["/rows/"] = lambda request: (200, HTML, f"<p>{len(stage.asked)}</p>{rows}")
    open_page(phone, stage, '<div data-fill="/rows/" data-fill-every="1" data-rows></div>')
    phone.get_by_role("link", name="Two").focus()
    before = phone.locator("main div p").inner_text()
    expect(phone.locator("main div p")).not_to_have_text(before)
    expect(phone.get_by_role("link", name="Two")).to_be_focused()


def test_what_stood_in_a_part_stays_when_the_new_one_does_not_come(phone, stage):
    stage.answers["/a/"] = lambda request: (404, HTML, "no")
    open_page(phone, stage, '<div data-fill="/a/"><p>as of 09:12</p></div>')
    expect(phone.get_by_text("Not available at the moment.")).to_be_visible()
    expect(phone.get_by_text("as of 09:12")).to_be_visible()


def test_a_key_alone_never_sends_a_form(phone, stage):
    button = '<button data-key="n">Call</button>'
    form = f'<form method="post" action="/sent/">{{% csrf_token %}}{button}</form>'
    open_page(phone, stage, form, frame="desk.html")
    phone.keyboard.press("n")
    expect(phone.get_by_role("button", name="Call")).to_be_focused()
    assert "POST /sent/" not in stage.asked


def test_a_draft_that_was_not_saved_comes_back_after_the_tab_was_closed(phone, stage):
    stage.answers["/save/"] = lambda request: (503, {}, "")
    open_page(phone, stage, NOTE, frame="desk.html")
    phone.get_by_label("Note").fill("lungs clear")
    expect(phone.get_by_text("Not saved yet.")).to_be_visible()
    again = phone.context.new_page()
    stage.answers["/save/"] = lambda request: (200, {}, "")
    again.goto(ADDRESS + "/page/")
    expect(again.get_by_label("Note")).to_have_value("lungs clear")
    expect(again.get_by_text("Saved")).to_be_visible()
