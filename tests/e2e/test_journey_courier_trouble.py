"""Journey 10, what goes wrong: the code, the parcel, the receiver, and one that is lost."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import expect

from tests.e2e.reading import all_of
from tests.e2e.round import *  # noqa: F403 - fixtures
from tests.e2e.round import (
    HAND_OVER,
    POOL,
    WAY,
    when_it_is_collected,
    when_the_code_is_typed,
    wrong,
)


def test_the_code_is_wrong_three_times_and_the_parcel_goes_back(play, wu, parcel, stands, whole):
    play.expect_fault("409")
    page = wu
    page.goto(parcel(9)["url"])
    for left in (2, 1):
        when_the_code_is_typed(page, wrong(parcel(9)["code"]))
        answer = page.locator(f"{HAND_OVER} [data-later-answer]").first
        expect(answer).to_contain_text(str(left))
    when_the_code_is_typed(page, wrong(parcel(9)["code"]))
    expect(page.locator(".pouch__row--refused").first).to_contain_text("三次")
    page.goto(parcel(9)["url"])
    expect(page.locator(".card--late")).to_contain_text("送回中心")
    expect(page.locator(HAND_OVER)).to_have_count(0)
    whole(page)
    stands(9, "returning")


def test_the_named_neighbour_signs_with_a_finger(wu, parcel, stands, whole, picture):
    page = wu
    page.goto(parcel(11)["url"])
    page.locator("details", has=page.locator("canvas")).locator("summary").click()
    form = page.locator(f"{HAND_OVER}:has(canvas)")
    form.locator("input[name=seal][value=whole]").check()
    form.locator("input[name=receiver_name]").fill("许美芳")
    form.locator("canvas").scroll_into_view_if_needed()
    box = form.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 20 + 15 * step, box["y"] + (30 if step % 2 else 90))
    page.mouse.up()
    whole(page)
    picture(page, "courier-signature")
    form.get_by_role("button", name="已签名").click()
    expect(page).to_have_url(re.compile(f"{WAY}$"))
    expect(page.locator(".pouch__row--accepted")).to_be_visible()
    stands(11, "delivered")


def test_another_parcel_than_the_one_of_this_stop_is_scanned(play, wu, parcel, stands):
    """The camera reads the number of the next parcel on the shelf; the right one can be typed."""
    play.expect_fault("409")
    page = wu
    page.add_init_script(
        "window.BarcodeDetector = class {"
        " static getSupportedFormats() { return Promise.resolve(['qr_code']); }"
        f" detect() {{ return Promise.resolve([{{ rawValue: '{parcel(2)['number']}' }}]); }} }};"
        "navigator.mediaDevices.getUserMedia = () => Promise.resolve("
        " document.createElement('canvas').captureStream());"
    )
    page.goto(parcel(5)["url"])
    page.locator("[data-scan-open]").click()
    number = page.locator("form[data-later=collect] input[name=number]")
    expect(number).to_have_value(parcel(2)["number"])
    page.locator("form[data-later=collect] button.button--go").click()
    expect(page.locator("form[data-later=collect] [data-later-answer]")).to_be_visible()
    stands(5, "assigned")
    when_it_is_collected(page, parcel(5)["number"].lower())
    expect(page.locator(HAND_OVER).first).to_be_visible()
    stands(5, "out-for-delivery")


def test_a_lost_parcel_is_packed_again_and_waits_for_a_courier(play, scene, wu, parcel, stands):
    page, sun = wu, play.person(scene, "sun")
    page.goto(parcel(1)["url"])
    page.locator("form[data-later=claim] button").click()
    when_it_is_collected(page, parcel(1)["number"])
    expect(page.locator("form[data-later=collect]")).to_have_count(0)
    lost = page.locator("form[data-later=lost]")
    page.locator("details", has=lost).locator("summary").click()
    lost.locator("input[name=sure]").check()
    lost.locator("button").click()
    expect(page).to_have_url(re.compile(f"{WAY}$"))
    stands(1, "lost")

    sun.goto("/refill/counter/")
    sun.get_by_role("link", name="Parcels that came back").first.click()
    sun.locator("main a", has_text=parcel(1)["number"]).first.click()
    sun.locator("#reason").fill("Lost on the road")
    sun.locator("button[value=replace]").click()
    sun.goto("/refill/counter/")
    sun.locator("a[href*='/packs/']").last.click()
    for box in all_of(sun.locator("input[name=checks]")):
        box.check()
    for box in all_of(sun.locator("input[name^=box_]")):
        box.fill(f"NEW-{uuid.uuid4().hex[:12]}")
    sun.locator("[name=seal_number]").fill("S-NEW-1")
    sun.locator("form:has([name=seal_number]) button.button--next").click()
    expect(sun.locator("[name=seal_number]")).to_have_count(0)
    page.goto(POOL)
    new = page.locator(f"[data-parcel]:not([data-number='{parcel(0)['number']}'])")
    expect(new).to_have_count(1)
    assert new.get_attribute("data-number") != parcel(1)["number"]
