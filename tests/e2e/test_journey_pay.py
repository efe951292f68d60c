"""Journey 9: Chen pays with nothing but links and buttons, whatever cashier, news and taps do."""

from __future__ import annotations

import json
import re
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

CASHIER = re.compile("/pay/cs_test_")
BILL = re.compile(r"/payment/invoices/[0-9a-f-]{36}/")
CALM = {
    "down": False, "duplicate": False, "reorder": False, "webhooks_off": False,
    "lose_answer": False, "refunds_pending": False,
}  # fmt: skip


class Till:
    """The sandbox cashier of the demo: its switches, and a resident who closes the browser."""

    def __init__(self, demo) -> None:
        self.demo, self.url = demo, demo.outside["STRIPE_API_BASE"]

    def trouble(self, **switches) -> None:
        self.demo.post_json(f"{self.url}/_sandbox/trouble", {**CALM, **switches})

    def pay_and_close_the_browser(self, url: str) -> None:
        """The money moves, and nobody comes back to the portal."""
        parts = Request(url, b"act=pay")
        urlopen(parts, timeout=10).close()


@pytest.fixture
def till(demo):
    cashier = Till(demo)
    cashier.trouble()
    yield cashier
    cashier.trouble()


@pytest.fixture
def scene(play, till):
    play.expect_fault(f"left the origin: {till.url}")
    return play.demo.scene("booked")


@pytest.fixture
def phone(play, scene):
    return play.person(scene, "chen", language="zh", script=False)


@pytest.fixture
def gao(play, scene):
    return play.person(scene, "gao")


def given_her_bill(page, scene):
    """Price before the act; one tap from the appointment."""
    page.goto(f"/consult/appointments/{scene['ids']['appointment']}/")
    expect(page.locator("main")).to_contain_text("¥12.00")
    expect(page.locator("main")).to_contain_text("还没有扣款")
    page.get_by_role("button", name="现在支付").click()
    expect(page).to_have_url(BILL)
    return page.url.split("/")[5]


def when_she_goes_to_the_cashier(page):
    page.get_by_role("button", name="支付 ¥").click()
    expect(page).to_have_url(CASHIER)
    return page.url


def then_it_is_paid(page, sum_="¥12.00"):
    expect(page).to_have_url(BILL)
    expect(page.locator("main .status--done")).to_contain_text("已支付")
    expect(page.locator("main tfoot")).to_contain_text(sum_)
    expect(page.get_by_role("button", name="支付 ¥")).to_have_count(0)


def books(demo, bill):
    told = json.loads(demo.ask("books", "--json"))
    return next(row for row in told["invoices"] if row["invoice"] == bill)


def then_the_books_hold(demo, bill, *, captured=1200, refunded=0):
    """One receipt, the right amount, and both sides agree."""

    def settled():
        row = books(demo, bill)
        return (row["captured"], row["refunded"]) == (captured, refunded) and row

    row = demo.eventually(settled, "the books to hold")
    assert len(row["receipts"]) == bool(captured)
    demo.eventually(lambda: demo.let("books_agree"), "both sides to agree")


def test_declined_then_asked_by_the_bank_then_paid(demo, scene, phone, picture):
    bill = given_her_bill(phone, scene)
    picture(phone, "bill")
    when_she_goes_to_the_cashier(phone)
    phone.get_by_role("button", name="银行拒付").click()
    expect(phone.get_by_role("alert")).to_contain_text("没有扣款")
    phone.get_by_role("button", name="需要银行验证").click()
    phone.get_by_role("button", name="银行验证").click()
    then_it_is_paid(phone)

    then_the_books_hold(demo, bill)

    phone.get_by_role("link", name="打印收据").click()
    expect(phone.locator("h1")).to_have_text("收据")
    phone.goto("/payment/")
    expect(phone.locator("main .card").first).to_contain_text("已支付")


def test_news_twice_out_of_order_and_before_she_comes_back(demo, scene, phone, till):
    till.trouble(duplicate=True, reorder=True)
    bill = given_her_bill(phone, scene)
    url = when_she_goes_to_the_cashier(phone)
    till.pay_and_close_the_browser(url)
    then_the_books_hold(demo, bill)
    phone.goto(f"/payment/invoices/{bill}/")
    then_it_is_paid(phone)


def test_news_that_comes_late_and_a_page_that_says_what_it_knows(demo, scene, phone, till):
    till.trouble(webhooks_off=True)
    bill = given_her_bill(phone, scene)
    url = when_she_goes_to_the_cashier(phone)
    till.pay_and_close_the_browser(url)
    phone.goto(f"/payment/invoices/{bill}/")
    expect(phone.locator("main")).to_contain_text("正在核对支付")
    phone.get_by_role("link", name="再看一次").click()  # the portal asks the cashier itself
    then_it_is_paid(phone)
    till.trouble()
    then_the_books_hold(demo, bill)


def test_a_silent_cashier_before_and_after_the_money(play, demo, scene, phone, till):
    play.expect_fault("503")
    bill = given_her_bill(phone, scene)
    till.trouble(down=True)
    phone.get_by_role("button", name="支付 ¥").click()
    expect(phone.get_by_role("alert")).to_contain_text("没有扣款")
    till.trouble(webhooks_off=True)
    url = when_she_goes_to_the_cashier(phone)
    till.trouble(down=True, webhooks_off=True)
    till.pay_and_close_the_browser(url)
    phone.goto(f"/payment/invoices/{bill}/return/")
    expect(phone.locator("main")).to_contain_text("正在核对支付")
    till.trouble()
    then_the_books_hold(demo, bill)
    phone.goto(f"/payment/invoices/{bill}/")
    then_it_is_paid(phone)


def test_two_tabs_and_an_amount_that_changed_between_page_and_payment(
    play, demo, scene, phone, gao, till
):
    play.expect_fault("409")
    bill = given_her_bill(phone, scene)
    other = phone.context.new_page()
    other.goto(phone.url)
    gao.goto(f"/payment/manager/invoices/{bill}/")
    gao.get_by_text("ask the resident for less").click()
    gao.get_by_label("Amount, at most").fill("2")
    gao.get_by_label("Why, in your words").fill("low income")
    gao.get_by_role("button", name="Waive").click()

    phone.get_by_role("button", name="支付 ¥12.00").click()
    expect(phone.get_by_role("alert")).to_contain_text("金额有变化")
    first = when_she_goes_to_the_cashier(phone)
    expect(phone.locator("strong")).to_contain_text("10.00")
    other.reload()
    assert when_she_goes_to_the_cashier(other) == first
    other.locator("button[value=pay]").click()
    then_it_is_paid(other, "¥10.00")
    phone.reload()
    phone.goto(f"/payment/invoices/{bill}/")
    then_it_is_paid(phone, "¥10.00")
    then_the_books_hold(demo, bill, captured=1000)


def test_a_part_goes_back_and_then_all_of_it_when_she_cancels(play, demo, scene, phone, gao, whole):
    bill = given_her_bill(phone, scene)
    when_she_goes_to_the_cashier(phone)
    phone.locator("button[value=pay]").click()
    then_it_is_paid(phone)
    phone.go_back()  # to the cashier's page: it takes no money again and leads back
    phone.goto(f"/payment/invoices/{bill}/")
    then_it_is_paid(phone)
    gao.goto("/payment/manager/")
    whole(gao)
    gao.goto(f"/payment/manager/invoices/{bill}/")
    whole(gao)
    gao.locator("summary").click()
    gao.get_by_label("Amount, at most").fill("5")
    gao.get_by_label("Why, in your words").fill("It took longer than promised.")
    gao.get_by_role("button", name="Pay back").click()
    expect(gao.locator("main")).to_contain_text("¥5.00")
    then_the_books_hold(demo, bill, refunded=500)

    seen = play.person(scene, "chen", language="zh")
    for path in ("/payment/", f"/payment/invoices/{bill}/", f"/payment/invoices/{bill}/receipt/"):
        seen.goto(path)
        whole(seen)
    phone.goto(f"/payment/invoices/{bill}/")
    expect(phone.locator("main tfoot")).to_contain_text("已退款")
    expect(phone.locator("main tfoot")).to_contain_text("−¥5.00")
