"""Journey 10: twelve parcels, a stairwell without a network, nothing lost and nothing twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect

from portal.terminology import catalogue
from tests.e2e.pocket import everything_is_kept, kept_deeds, kept_pages, unsent
from tests.e2e.reading import all_of
from tests.e2e.round import *  # noqa: F403 - fixtures
from tests.e2e.round import (
    COLLECT,
    HAND_OVER,
    POOL,
    WAY,
    then_so_many_wait,
    when_a_problem_is_told,
    when_it_is_collected,
    when_the_code_is_typed,
)

MEDICATIONS = Path(catalogue.__file__).parent / "data" / "medications.csv"


def test_a_day_of_twelve_parcels(play, scene, wu, parcel, stages, stands, whole, picture):
    play.expect_fault("ERR_INTERNET_DISCONNECTED")
    page = wu
    for url in (POOL, COLLECT, WAY):
        page.goto(url)
        whole(page)
    new, waiting, carried = (int(count.inner_text()) for count in all_of(page.locator(".tabs b")))
    expect(page.locator("[data-parcel]")).to_have_count(carried)
    picture(page, "courier-list")
    page.goto(parcel(0)["url"])
    whole(page)
    page.locator("form[data-later=claim] button").click()
    expect(page.locator("form[data-later=collect]")).to_be_visible()
    whole(page)
    when_it_is_collected(page, parcel(0)["number"])
    expect(page.locator("form[data-later=collect]")).to_have_count(0)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    whole(page)
    picture(page, "courier-door")
    page.goto(WAY)
    everything_is_kept(page)

    # the stairwell
    page.context.set_offline(True)
    page.goto(parcel(6)["url"])
    when_the_code_is_typed(page, parcel(6)["code"])
    then_so_many_wait(page, 1)
    expect(page.locator(HAND_OVER).first).to_be_hidden()
    whole(page)
    picture(page, "courier-offline")
    page.goto(parcel(7)["url"])
    when_a_problem_is_told(page, "not-home")
    then_so_many_wait(page, 2)
    page.goto(parcel(3)["url"])
    when_it_is_collected(page, parcel(3)["number"])
    then_so_many_wait(page, 3)
    when_the_code_is_typed(page, parcel(3)["code"])
    then_so_many_wait(page, 4)
    page.goto(WAY)
    then_so_many_wait(page, 4)
    card = page.locator(f"[data-number='{parcel(6)['number']}']")
    expect(card.locator("[data-kept-note]")).to_be_visible()
    expect(card.locator(".button--go:visible")).to_have_count(0)
    stands(6, "out-for-delivery")

    # the tab is killed, the telephone comes back
    page.close()
    page = wu.context.new_page()
    page.goto(WAY)
    then_so_many_wait(page, 4)
    assert unsent(page) == ["hand-over", "failed", "collect", "hand-over"]
    page.context.set_offline(False)
    for place in (6, 7, 3):
        answers = page.locator(".pouch__row--accepted", has_text=parcel(place)["number"])
        expect(answers.first).to_be_visible()
    for place, count in enumerate((new - 1, waiting - 1, carried)):  # the list is drawn anew
        expect(page.locator(".tabs b").nth(place)).to_have_text(str(count))
    everything_is_kept(page)
    assert unsent(page) == []
    assert {len(row["fields"]) for row in kept_deeds(page)} == {0}
    now = stages()
    assert (now[6], now[7], now[3]) == ("delivered", "rescheduled", "delivered")
    assert [url for url in kept_pages(page) if parcel(6)["parcel"] in url.split()[0]] == []
    assert page.goto(parcel(6)["url"]).status == 404


def test_a_lost_answer_is_no_second_proof(play, wu, parcel, stands):
    """The server has it, the telephone does not know: the same report comes again."""
    play.expect_fault("ERR_FAILED")
    lost = []

    def lose_the_answer(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page = wu
    page.route_web_socket("**/live/", lambda socket: None)  # it hears nothing either
    page.goto(parcel(8)["url"])
    page.route("**/hand-over/", lose_the_answer)
    when_the_code_is_typed(page, parcel(8)["code"])
    expect(page.locator("[data-pouch-line]")).to_contain_text("没有网络")
    assert lost == [200]
    stands(8, "delivered")
    page.locator("[data-pouch-send]").click()
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    assert unsent(page) == []


def test_a_parcel_given_to_another_courier_is_no_longer_yours(
    play, scene, wu, parcel, stands, whole, picture
):
    """Wu is in the stairwell when the manager gives his parcel to Zheng."""
    play.expect_fault("ERR_INTERNET_DISCONNECTED")
    page, gao = wu, play.person(scene, "gao", language="zh")
    page.goto(COLLECT)
    everything_is_kept(page)
    page.context.set_offline(True)
    page.goto(parcel(4)["url"])
    when_it_is_collected(page, parcel(4)["number"])
    then_so_many_wait(page, 1)
    gao.goto("/delivery/board/")
    whole(gao)
    picture(gao, "dispatch-board")
    row = gao.locator("tr", has_text=parcel(4)["number"])
    row.locator("select").select_option(label=row.locator("option", has_text="郑浩").inner_text())
    row.get_by_role("button", name="改派").click()
    expect(row).to_contain_text("郑浩")
    page.context.set_offline(False)
    expect(page.locator(".pouch__row--refused")).to_contain_text("已不在您名下")
    stands(4, "assigned")
    zheng = play.person(scene, "zheng", language="zh")
    zheng.goto(parcel(4)["url"])
    expect(zheng.locator("form[data-later=collect]")).to_be_visible()


def test_the_telephone_holds_no_medicine_and_nothing_after_signing_out(play, parcel):
    play.expect_fault("ERR_INTERNET_DISCONNECTED")
    play.expect_fault("ERR_FAILED")  # pages that were on their way when he signs out
    play.expect_fault("status of 401")  # and those that left just after
    page = play.person(play.demo.scene("empty"), "wu", language="zh")  # a session of its own
    page.goto(WAY)
    everything_is_kept(page)
    pages = kept_pages(page)
    assert len(pages) >= 6 and any(parcel(10)["parcel"] in one for one in pages)
    page.context.set_offline(True)
    page.goto(parcel(10)["url"])
    when_a_problem_is_told(page, "no-answer")
    then_so_many_wait(page, 1)
    held = "\n".join([*pages, json.dumps(kept_deeds(page), ensure_ascii=False)])
    with MEDICATIONS.open(encoding="utf-8") as table:
        drugs = {row[name] for row in csv.DictReader(table) for name in ("en", "zh", "brand")}
    assert len(drugs) > 200
    named = {drug for drug in drugs - {""} if drug in held}
    assert named == set() and parcel(10)["code"] not in held

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator("[data-sign-out] button").click()
    page.wait_for_timeout(300)
    assert unsent(page) == ["failed"]
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".pouch__row--accepted")).to_have_count(1)
    page.locator("[data-sign-out] button").click()
    page.wait_for_url(lambda url: not urlsplit(url).path.startswith("/delivery/"))
    page.wait_for_load_state("networkidle")
    page.goto("/help/")
    assert kept_pages(page) == [] and kept_deeds(page) == []


def test_a_parcel_is_collected_and_handed_over_without_script(play, scene, parcel, stands):
    page = play.person(scene, "wu", language="zh", script=False)
    page.goto(parcel(2)["url"])
    when_it_is_collected(page, parcel(2)["number"])
    when_the_code_is_typed(page, parcel(2)["code"])
    expect(page.locator(".notice--success")).to_contain_text("已交付")
    stands(2, "delivered")
