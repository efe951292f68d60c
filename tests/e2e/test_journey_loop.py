"""The whole loop in one demo, by pages only: "my pills run out" to the door, as told in README."""

from __future__ import annotations

import json
import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from portal.sandbox.cast import PASSWORD
from tests.e2e.reading import all_of

NEXT = "main form button.button--next"
CASHIER = re.compile("/pay/cs_test_")
COLLECTED = "form[data-later=collect]"
DOOR = "form[data-later=hand-over]"
NAMES = ("chen", "dr_li", "sun", "wu")


@pytest.fixture
def scene(play):
    play.expect_fault(f"left the origin: {play.demo.outside['STRIPE_API_BASE']}")
    return play.demo.scene("refill-due")


@pytest.fixture
def cast(play, scene):
    """Chen on her phone, Dr Li and Sun at their desks, Wu on his phone."""
    return {name: play.person(scene, name, language="zh") for name in NAMES}


def test_from_the_last_tablet_to_the_door(play, scene, cast):
    began = time.monotonic()
    chen, li, sun, wu = (cast[name] for name in NAMES)
    chen.goto("/home/")
    before = lasts(chen)
    when_chen_asks(chen, scene["ids"]["amlodipine"])
    when_the_doctor_approves(li)
    when_sun_passes_it(sun)
    bill = when_chen_has_it_brought_and_pays(chen)
    when_sun_packs_all(sun)
    order = chen_s_order(chen)
    number = play.demo.let("number_of", order)  # it stands on the bag
    when_wu_takes_it(wu, number)
    when_wu_hands_it_over(wu, chen.locator(".code-large").inner_text().strip())
    expect(chen.locator("main .status--done").first).to_be_visible()  # by itself
    print(f"\nthe loop took {time.monotonic() - began:.0f} s, parcel {number}, {order}")
    chen.goto("/home/")
    assert lasts(chen) != before
    then_the_hospital_holds_the_hand_over(play.demo, order)
    then_the_books_balance(play.demo, bill)
    told = json.loads(play.demo.ask("check_invariants", "--json"))
    rows = told["invariants"] if isinstance(told, dict) else told
    assert {row["id"]: row["breaches"] for row in rows if row["breaches"]} == {}


def lasts(page):
    """What the first page says about the medicine that runs out first."""
    supply = page.locator(".supply", has_text=re.compile("氨氯地平")).first
    return supply.locator(".supply__left").inner_text()


def when_chen_asks(page, mark):
    page.get_by_role("link", name="再配一次药").first.click()
    page.locator(f"input[value='{mark}']").check()
    page.locator(NEXT).click()
    for name in ("changed", "problem", "elsewhere"):
        page.locator(f"input[name={name}][value=no]").check()
    page.locator("[name=weeks]").fill("4")
    page.locator(NEXT).click()
    expect(page).to_have_url(re.compile("/refill/baskets/"))


def when_the_doctor_approves(page):
    page.goto("/refill/desk/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/refill/desk/[0-9a-f-]{36}/$"))
    request = page.url
    approve(page)
    if page.locator("input[type=password]").count():
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator(NEXT).click()
        page.goto(request)
        approve(page)
    expect(page).to_have_url(re.compile("/refill/desk/$"))


def approve(page):
    for field in all_of(page.locator("form[action$='/approve/'] input[name^=text-]")):
        field.fill("长期用药,病情稳定")
    page.locator("form[action$='/approve/'] button").click()
    page.wait_for_load_state()


def when_sun_passes_it(page):
    page.goto("/refill/counter/")
    page.locator("a[href*='/counter/reviews/']").last.click()
    for block in ("lawful", "complete", "suitable"):
        page.locator(f"input[name={block}]").check()
    page.locator("button[value=pass]").click()
    expect(page).to_have_url(re.compile("/refill/counter/$"))


def when_chen_has_it_brought_and_pays(page):
    page.goto("/notices/")
    news = page.locator("article.card", has_text="您的处方已通过审核").first
    news.get_by_role("button").click()
    page.locator("button[value=courier]").click()
    page.locator("input[name=address]:not([disabled])").first.check()
    page.locator(NEXT).click()
    page.locator("input[name=window]").first.check()
    page.locator(NEXT).click()
    expect(page.locator("tfoot")).to_contain_text("¥")
    page.locator(NEXT).click()
    bill = re.search("[0-9a-f-]{36}", page.url)[0]
    page.get_by_role("button", name="支付 ¥").click()
    expect(page).to_have_url(CASHIER)
    page.locator("button[value=pay]").click()
    expect(page.locator("main .status--done")).to_contain_text("已支付")
    return bill


def when_sun_packs_all(page):
    page.goto("/refill/counter/")
    packs = page.locator("a[href*='/counter/packs/']")
    expect(packs.first).to_be_visible()
    packs.last.click()
    for check in all_of(page.locator("input[name=checks]")):
        check.check()
    for field in all_of(page.locator("input[data-box]")):
        field.fill(f"LOOP-{uuid.uuid4().hex[:12]}")
    page.locator("[name=seal_number]").fill(f"S-{uuid.uuid4().hex[:6].upper()}")
    page.locator(NEXT).first.click()
    expect(page).to_have_url(re.compile("/label/$"))


def when_wu_takes_it(page, number):
    page.goto("/delivery/courier/")
    new = page.locator(f"[data-number='{number}']")
    new.locator("a.button--go:visible").click()
    page.locator("form[data-later=claim] button").click()
    page.locator(f"{COLLECTED} input[name=number]").fill(number)
    page.locator(f"{COLLECTED} button.button--go").click()
    expect(page.locator(DOOR).first).to_be_visible()


def chen_s_order(page):
    page.goto("/delivery/orders/")
    page.locator("main a.button--next").first.click()
    expect(page.locator(".code-large")).to_be_visible()
    return re.search("[0-9a-f-]{36}", page.url)[0]


def when_wu_hands_it_over(page, code):
    door = page.locator(DOOR).first
    door.locator("input[name=seal][value=whole]").check()
    door.locator("input[name=name_checked]").check()
    door.locator("input[name=code]").fill(code)
    door.locator("button.button--go").click()
    expect(page).to_have_url(re.compile("/courier/way/$"))


def then_the_hospital_holds_the_hand_over(demo, order):
    fill = demo.let("sent_of", order)
    ref = demo.eventually(lambda: demo.let("known_as", fill), "the hospital to hear of it")
    held = demo.hospital("received")["dispenses"]
    assert [row["status"] for row in held if row["reference"] == ref] == ["completed"]


def then_the_books_balance(demo, bill):
    told = json.loads(demo.ask("books", "--json"))
    row = next(row for row in told["invoices"] if row["invoice"] == bill)
    assert row["captured"] == row["owed"] > 0 and len(row["receipts"]) == 1
    demo.eventually(lambda: demo.let("books_agree"), "both sides to agree")
