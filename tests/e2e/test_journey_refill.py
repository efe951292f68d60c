"""Journey 7: three medicines, one fine, one too early, one needs a talk; also without script."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.sandbox.cast import PASSWORD
from tests.e2e.reading import all_of, count_of

NEXT = "main form button.button--next"
SHOTS = os.environ.get("SHOTS", "")


def shot(page, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"refill-{name}.png", full_page=True)


def choose(page, *keys, scene):
    """Tick these medicines and go on to the questions."""
    page.goto("/refill/")
    for key in keys:
        page.locator(f"input[value='{scene['ids'][key]}']").check()
    page.locator(NEXT).click()
    expect(page).to_have_url(re.compile("/refill/questions/$"))


def answer(page, *, glucose="", weeks="4"):
    for name in ("changed", "problem", "elsewhere"):
        page.locator(f"input[name={name}][value=no]").check()
    page.locator("[name=glucose]").fill(glucose)
    page.locator("[name=weeks]").fill(weeks)
    page.locator(NEXT).click()


def open_key(page):
    """The doctor gives the password that opens the signing key, and comes back."""
    page.locator("[name=password]").fill(PASSWORD)
    page.locator(NEXT).click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_each_of_three_medicines_goes_its_own_way(play, whole, script):
    scene = play.demo.scene("refill-due")
    play.expect_fault("status of 422")
    chen = play.person(scene, "chen", language="zh", script=script)
    chen.goto("/home/")
    expect(chen.locator(".supply")).to_have_count(3)
    expect(chen.locator(".supply--due")).to_have_count(2)
    shot(chen, f"home-{script}")
    choose(chen, "amlodipine", "metformin", scene=scene)
    assert count_of(chen.locator(f"input[value='{scene['ids']['atorvastatin']}']")) == 0
    answer(chen, glucose="14.2", weeks="13")
    expect(chen.get_by_text("一次不能超过 12 周").first).to_be_visible()
    shot(chen, f"too-long-{script}")
    answer(chen, glucose="14.2")
    expect(chen).to_have_url(re.compile("/refill/baskets/"))
    expect(chen.locator(".supply")).to_have_count(2)
    expect(chen.get_by_text("您的血糖").first).to_be_visible()
    shot(chen, f"basket-{script}")
    if script:
        whole(chen)
    chen.goto("/refill/")
    shot(chen, f"list-{script}")
    expect(chen.get_by_text("等医生决定。")).to_have_count(2)


def test_the_doctor_signs_one_and_asks_to_talk_about_the_other(play, whole):
    scene = play.demo.scene("refill-asked")
    doctor = play.person(scene, "dr_li", language="zh")
    doctor.goto("/refill/desk/")
    expect(doctor.locator(".asked__row")).to_have_count(2)
    whole(doctor)
    shot(doctor, "desk")
    doctor.keyboard.press("j")
    doctor.keyboard.press("o")
    expect(doctor).to_have_url(re.compile("/refill/desk/[0-9a-f-]{36}/$"))
    doctor.goto(f"/refill/desk/{scene['ids']['amlodipine']}/")
    shot(doctor, "decide")
    whole(doctor)
    approve(doctor)
    if "/unlock/" in doctor.url:
        open_key(doctor)
        doctor.goto(f"/refill/desk/{scene['ids']['amlodipine']}/")
        approve(doctor)
    expect(doctor).to_have_url(re.compile(f"/refill/desk/{scene['ids']['metformin']}/$"))
    doctor.locator("#hold-reason").fill("血糖偏高,先谈一谈")
    doctor.locator("form[action$='/hold/'] button").click()
    expect(doctor).to_have_url(re.compile("/refill/desk/$"))
    chen = play.person(scene, "chen", language="zh")
    chen.goto("/refill/")
    expect(chen.get_by_text("药师正在审核").first).to_be_visible()
    talk = chen.get_by_role("link", name="预约和医生谈一谈").first
    expect(talk).to_have_attribute("href", re.compile("/times/$"))
    whole(chen)
    shot(chen, "decided")


def approve(page):
    for field in all_of(page.locator("form[action$='/approve/'] input[name^=text-]")):
        field.fill("长期用药,病情稳定")
    page.locator("form[action$='/approve/'] button").click()
    page.wait_for_load_state()


def test_the_same_request_from_the_telephone_desk(play, whole):
    scene = play.demo.scene("refill-due")
    desk = play.person(scene, "registrar", language="zh")
    desk.goto("/refill/for/")
    desk.locator("[name=number]").fill("chen")
    desk.locator("[name=birth_date]").fill("1955-03-08")
    desk.locator(NEXT).click()
    expect(desk).to_have_url(re.compile("/refill/for/[0-9a-f-]{36}/$"))
    whole(desk)
    shot(desk, "telephone")
    desk.locator(f"input[value='{scene['ids']['amlodipine']}']").check()
    desk.locator("[name=caller]").fill("女儿陈琳")
    answer(desk)
    expect(desk).to_have_url(re.compile("/refill/for/$"))
    chen = play.person(scene, "chen", language="zh")
    chen.goto("/home/")
    expect(chen.get_by_text("等医生决定。")).to_have_count(1)


def test_the_largest_letters_fit_a_small_phone(play, whole):
    scene = play.demo.scene("refill-due")
    chen = play.person(scene, "chen", language="zh")
    url = play.demo.base_url
    chen.context.add_cookies([{"name": "text_size", "value": "30", "url": url}])
    for path, name in (("/home/", "home"), ("/refill/", "list")):
        chen.goto(path)
        whole(chen)
        shot(chen, f"large-{name}")
    choose(chen, "amlodipine", scene=scene)
    whole(chen)
    shot(chen, "large-questions")
