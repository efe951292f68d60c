"""Journey 8: Sun Li returns, passes, packs and hands over; and what goes wrong on the way."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from portal.sandbox.cast import PASSWORD
from tests.e2e.reading import all_of, count_of

NEXT = "main form button.button--next"


@pytest.fixture
def waiting(play):
    """A signed form; a play that goes on from there."""
    return play.demo.scene("signed-form")


@pytest.fixture
def paid(play):
    return play.demo.scene("to-pack")


def at_counter(play, scene):
    return play.person(scene, "sun", language="zh")


def tick(page, *names):
    for name in names:
        page.locator(f"input[name={name}]").check()


def pack(page, scene, *, checks=10):
    page.goto(f"/refill/counter/packs/{scene['ids']['dispense']}/")
    for box in all_of(page.locator("input[name=checks]"))[:checks]:
        box.check()
    for number, field in enumerate(all_of(page.locator("input[data-box]"))):
        field.fill(f"{scene['ids']['dispense'][:8]}-{number}")
        field.press("Enter")  # a hand scanner ends each code so
    page.locator(NEXT).first.click()


def when_the_doctor_signs_two_weeks(page):
    page.locator("input[name=lines-0-days]").fill("14")
    page.locator("input[name=reason]").fill("药师要求改为两周")
    page.locator(NEXT).click()


def test_returned_signed_anew_and_passed(play, waiting, whole, picture):
    ids, sun = waiting["ids"], at_counter(play, waiting)
    sun.goto("/refill/counter/")
    whole(sun)
    sun.locator(f"a[href*='{ids['review']}']").click()
    expect(sun.locator("time[data-countdown]")).to_have_text(re.compile(r"^\d+:\d\d:\d\d$"))
    whole(sun)
    picture(sun, "review")
    play.expect_fault("409")
    sun.locator("button[value=return]").click()  # without a reason
    expect(sun.locator(".refusal")).to_be_visible()
    tick(sun, "lawful", "complete")
    sun.locator("input[name=reason]").fill("请改为两周用量")
    sun.locator("button[value=return]").click()
    expect(sun).to_have_url(re.compile("/refill/counter/$"))

    li = play.person(waiting, "dr_li", language="zh")
    page = f"/refill/returned/{ids['prescription']}/"
    li.goto(page)
    expect(li.locator("main")).to_contain_text("请改为两周用量")
    whole(li)
    when_the_doctor_signs_two_weeks(li)
    if count_of(li.locator("input[type=password]")):
        li.locator("input[type=password]").fill(PASSWORD)
        li.locator(NEXT).click()
        li.goto(page)
        when_the_doctor_signs_two_weeks(li)
    expect(li).not_to_have_url(re.compile("/refill/returned/"))

    sun.goto("/refill/counter/")
    sun.locator("a[href*='/counter/reviews/']").last.click()
    expect(sun.locator("main")).to_contain_text("14")
    tick(sun, "lawful", "complete", "suitable")
    sun.locator("button[value=pass]").click()
    expect(sun).to_have_url(re.compile("/refill/counter/$"))

    chen = play.person(waiting, "chen", language="zh")
    chen.goto("/notices/")
    expect(chen.locator("main")).to_contain_text("您的处方已通过审核")


def test_packed_labelled_and_collected_with_the_code(play, paid, whole, picture):
    play.expect_fault("409")
    ids, sun = paid["ids"], at_counter(play, paid)
    pack(sun, paid, checks=9)
    expect(sun.locator(".refusal")).to_be_visible()
    whole(sun)
    picture(sun, "pack")
    pack(sun, paid)
    expect(sun).to_have_url(re.compile("/label/$"))
    whole(sun)
    sun.emulate_media(media="print")
    size = sun.locator(".bag__usage").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 24  # 18 pt
    expect(sun.locator("h1")).to_be_hidden()
    sun.emulate_media(media="screen")
    picture(sun, "label")

    chen = play.person(paid, "chen", language="zh")
    chen.goto("/home/")
    chen.get_by_role("link", name="显示取药码").click()
    whole(chen)
    picture(chen, "pick-up")
    code = chen.locator(".pick-up-code").inner_text().strip()
    chen.goto(f"/refill/advice/{ids['dispense']}/")
    whole(chen)

    sun.goto("/refill/counter/")
    sun.locator("a[href*='/counter/pick-ups/']").last.click()
    sun.locator("input[name=code]").fill("000000" if code != "000000" else "111111")
    sun.locator(NEXT).click()
    expect(sun.locator(".refusal")).to_be_visible()
    whole(sun)
    sun.locator("input[name=code]").fill(code)
    sun.locator(NEXT).click()
    expect(sun).to_have_url(re.compile("/refill/counter/$"))
    then_the_hospital_holds_it(play.demo, ids["dispense"])


def then_the_hospital_holds_it(demo, dispense):
    ref = demo.eventually(lambda: demo.let("known_as", dispense), "the hospital to hear of it")
    received = demo.hospital("received")["dispenses"]
    assert [row["status"] for row in received if row["reference"] == ref] == ["completed"]


def test_out_of_stock_after_payment_the_money_goes_back_and_she_is_told(play, paid, whole):
    sun = at_counter(play, paid)
    sun.goto(f"/refill/counter/packs/{paid['ids']['dispense']}/")
    sun.locator("summary").click()
    sun.locator("input[name=outcome][value=refund]").check()
    sun.locator("form[action$='/lack/'] button").click()
    expect(sun.locator("main")).not_to_contain_text("封签号")
    whole(sun)
    chen = play.person(paid, "chen", language="zh")
    chen.goto("/notices/")
    expect(chen.locator("main")).to_contain_text("退")


def test_taken_back_while_it_is_packed(play, paid):
    sun = at_counter(play, paid)
    sun.goto(f"/refill/counter/packs/{paid['ids']['dispense']}/")
    expect(sun.locator("input[name=seal_number]")).to_be_visible()
    assert play.demo.let("taken_back", paid["ids"]["prescription"]) == "cancelled"
    play.expect_fault("409")
    for box in all_of(sun.locator("input[name=checks]")):
        box.check()
    for number, field in enumerate(all_of(sun.locator("input[data-box]"))):
        field.fill(f"late-{number}-{paid['ids']['dispense'][:6]}")
    sun.locator(NEXT).first.click()
    expect(sun.locator(".refusal")).to_be_visible()


def test_the_counter_works_without_script(play, paid):
    sun = play.person(paid, "sun", language="zh", script=False)
    sun.goto("/refill/counter/stock/")
    sun.goto(f"/refill/counter/packs/{paid['ids']['dispense']}/")
    for box in all_of(sun.locator("input[name=checks]")):
        box.check()
    for number, field in enumerate(all_of(sun.locator("input[data-box]"))):
        field.fill(f"plain-{number}-{paid['ids']['dispense'][:6]}")
    sun.locator(NEXT).first.click()
    expect(sun).to_have_url(re.compile("/label/$"))


def test_every_other_page_of_the_counter_is_whole(play, paid, whole, picture):
    sun = at_counter(play, paid)
    for path in ("stock/", "stock/?show=soon", "stock/?show=closed", "recall/"):
        sun.goto(f"/refill/counter/{path}")
        whole(sun)
    sun.goto("/refill/counter/stock/")
    picture(sun, "stock")
    sun.locator("tbody a").first.click()
    whole(sun)
    sun.goto("/refill/counter/recall/")
    sun.locator("input[name=number]").fill("DEMO-A")
    sun.locator("form[data-again] button").click()
    whole(sun)


def test_the_invariants_hold_after_all_of_it(play):
    told = json.loads(play.demo.ask("check_invariants", "--json"))
    rows = told["invariants"] if isinstance(told, dict) else told
    assert {row["id"]: row["breaches"] for row in rows if row["breaches"]} == {}
