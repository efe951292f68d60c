"""Chen types her number, reads six digits on her telephone, and is at home."""

from __future__ import annotations

import re

from playwright.sync_api import expect

CHEN, ZHOU, TANG = "13900001001", "13900001003", "13900001006"


def given_a_number_was_typed(play, number, **more):
    """One code a minute goes to a number, so each play here has its own resident."""
    page = play.nobody("phone", **more)
    page.goto("/accounts/login/")
    page.locator("input[name=phone]").fill(number)
    before = len(play.demo.messages_to(f"+86{number}"))
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/accounts/login/code/"))
    return page, play.demo.newest_code(f"+86{number}", besides=before)


def test_chen_signs_in_by_phone(play, whole):
    page, code = given_a_number_was_typed(play, CHEN)
    whole(page)
    page.locator("input[name=code]").fill(code)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/home/"))
    expect(page.locator("body")).to_contain_text("Chen")
    whole(page)


def test_wrong_digits_are_refused_in_a_sentence_and_nobody_is_signed_in(play):
    play.expect_fault("400")
    play.expect_fault("422")
    page, code = given_a_number_was_typed(play, ZHOU)
    page.locator("input[name=code]").fill("000000" if code != "000000" else "000001")
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text("do not match")
    page.goto("/home/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_chen_signs_in_without_script(play):
    page, code = given_a_number_was_typed(play, TANG, script=False)
    page.locator("input[name=code]").fill(code)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/home/"))


def test_a_signed_out_browser_finds_nothing_by_going_back(play):
    scene = play.demo.scene("empty")
    page = play.person(scene, "chen")
    page.goto("/home/")
    expect(page.locator("body")).to_contain_text("Chen")
    page.context.clear_cookies()
    page.reload()
    expect(page).to_have_url(re.compile("/accounts/login/"))
