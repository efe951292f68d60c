"""Journey 3: Chen books with a few taps, her neighbour wants the same time, and plans change."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.people import resident_signs_in
from tests.e2e.reading import all_of, count_of

NEXT = "main form button.button--next"
TIME = "button[name=slot]"
BOOKED = re.compile("/consult/appointments/[0-9a-f-]{36}/$")
MA = "13900001009"  # nobody has ever seen him at the centre


@pytest.fixture
def scene(play):
    return play.demo.scene("empty")


def given_she_is_asked_when(page, look=lambda page: None):
    """She ticks illness and reason, no warning sign applies; nothing is typed."""
    page.goto("/consult/book/")
    expect(page.locator("input[name=evidence]").first).to_be_visible()  # the hospital was asked
    look(page)
    for name in ("evidence", "reasons"):
        page.locator(f"input[name={name}]").first.check()
    page.locator(NEXT).click()
    expect(page).to_have_url(re.compile("/consult/book/signs/$"))
    look(page)
    page.locator("button[name=none]").click()
    expect(page).to_have_url(re.compile("/consult/book/times/$"))
    look(page)


def when_she_takes(page, slot):
    page.locator(f"{TIME}[value='{slot}']").first.click()
    expect(page).to_have_url(re.compile("/check/$"))


def when_she_agrees_and_taps_twice(page):
    for box in all_of(page.locator("input[name=agreed]")):
        box.check()
    page.locator(NEXT).dblclick()
    expect(page).to_have_url(BOOKED)
    expect(page.locator("h1")).to_have_text("Your appointment is booked")


def when_she_cancels(page):
    page.get_by_role("link", name="Cancel the appointment").click()
    page.locator("input[name=reason]").first.check()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.locator("h1")).to_have_text("This appointment is cancelled")


def then_one_is_coming(page):
    page.goto("/consult/appointments/")
    expect(page.locator("main .card--now")).to_have_count(1)


def offered(page):
    return [button.get_attribute("value") for button in all_of(page.locator(TIME))]


def far_off(page):
    """A time that may still be given back: not one of today's."""
    return offered(page)[-1]


def walked(page):
    """Every page she sees from now on, in order."""
    seen = []
    page.on(
        "framenavigated",
        lambda frame: frame == page.main_frame and seen.append(urlsplit(frame.url).path),
    )
    return seen


@pytest.mark.servers
def test_chen_books_in_four_screens_and_a_double_tap_books_once(play, scene, whole):
    page = play.person(scene, "chen")
    screens = walked(page)
    given_she_is_asked_when(page, whole)
    when_she_takes(page, far_off(page))
    whole(page)
    when_she_agrees_and_taps_twice(page)
    assert len({path for path in screens if not BOOKED.search(path)}) == 4, screens
    whole(page)
    then_one_is_coming(page)


def test_a_neighbour_is_offered_other_times_and_gets_the_one_given_back(play, scene, whole):
    play.expect_fault("409")
    chen, xu = play.person(scene, "chen"), play.person(scene, "xu")
    given_she_is_asked_when(chen)
    given_she_is_asked_when(xu)
    wanted = far_off(chen)
    assert wanted in offered(xu)
    when_she_takes(chen, wanted)
    when_she_agrees_and_taps_twice(chen)

    xu.locator(f"{TIME}[value='{wanted}']").first.click()
    expect(xu.locator("main")).to_contain_text("This time has just been taken")
    expect(xu.get_by_role("heading", name="Close to the time you wanted")).to_be_visible()
    assert offered(xu) and wanted not in offered(xu)
    whole(xu)
    other = offered(xu)[0]
    when_she_takes(xu, other)

    chen.goto("/consult/appointments/")
    chen.locator("main .card--now a").click()
    when_she_cancels(chen)
    xu.get_by_role("link", name="Another time").click()
    when_she_takes(xu, wanted)
    xu.get_by_role("link", name="Do not book").click()


def test_chen_books_and_cancels_without_script(play, scene):
    page = play.person(scene, "chen", script=False)
    given_she_is_asked_when(page)
    wanted = far_off(page)
    when_she_takes(page, wanted)
    when_she_agrees_and_taps_twice(page)
    then_one_is_coming(page)
    page.locator("main .card--now a").click()
    when_she_cancels(page)
    page.get_by_role("link", name="Book another time").click()
    given_she_is_asked_when(page)
    assert wanted in offered(page)


def test_who_hesitates_too_long_is_offered_other_times_when_somebody_else_came(play, scene):
    play.expect_fault("409")
    chen, xu = play.person(scene, "chen"), play.person(scene, "xu")
    given_she_is_asked_when(chen)
    wanted = far_off(chen)
    when_she_takes(chen, wanted)
    play.demo.let("hold_runs_out", "chen")
    given_she_is_asked_when(xu)
    when_she_takes(xu, wanted)
    for box in all_of(chen.locator("input[name=agreed]")):
        box.check()
    chen.locator(NEXT).click()
    expect(chen.locator("main")).to_contain_text("This time is no longer kept for you.")
    chen.get_by_role("link", name="Choose a time").click()
    expect(chen).to_have_url(re.compile("/consult/book/times/$"))
    assert offered(chen) and wanted not in offered(chen)
    when_she_agrees_and_taps_twice(xu)
    when_she_cancels(xu)


def test_who_was_never_seen_in_person_is_told_why_and_offered_a_way(play, whole):
    page = play.nobody("phone")
    page.goto("/accounts/login/")
    resident_signs_in(page, play.demo, MA)
    page.goto("/consult/book/")
    expect(page.locator("main")).to_contain_text("A first visit cannot be online.")
    expect(page.get_by_role("heading", name="Come to the centre, or ask a person")).to_be_visible()
    assert count_of(page.locator("main a[href^='tel:']")) >= 1
    whole(page)
