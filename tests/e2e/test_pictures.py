"""The pictures of the README, taken where everything can be seen: `PICTURES=1` keeps them."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.seat import SECTIONS, given_dr_li_has_chen_open


def test_the_first_page_the_home_of_a_resident_and_the_desk(play, demo, whole, picture):
    landing = play.nobody("phone", language="zh")
    landing.goto("/")
    whole(landing)
    picture(landing, "landing")

    home = play.person(demo.scene("booked"), "chen", "phone", language="zh")
    home.goto("/home/")
    expect(home.locator("main .card").first).to_be_visible()
    whole(home)
    picture(home, "home")

    desk = given_dr_li_has_chen_open(play, demo.scene("conversation"))
    filled = desk.locator("[data-fill*='/record/'][data-filled]")
    expect(filled).to_have_count(SECTIONS)
    whole(desk)
    picture(desk, "desk")
