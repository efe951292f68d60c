"""A telephone without a network, and a browser without script."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.reading import count_of


def given_the_portal_was_visited_once(page):
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_without_a_network_there_is_the_telephone_and_120(play, whole):
    page = play.nobody("phone")
    given_the_portal_was_visited_once(page)
    page.context.set_offline(True)
    play.expect_fault("ERR_INTERNET_DISCONNECTED")
    page.goto("/home/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert count_of(page.locator('main a[href="tel:120"]')) == 1
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px"
    whole(page)


def test_nothing_of_a_person_is_kept_for_later(play):
    page = play.person(play.demo.scene("empty"), "chen")
    given_the_portal_was_visited_once(page)
    page.goto("/home/")
    expect(page.locator("body")).to_contain_text("Chen")
    kept = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name)"
        ".then(cache => cache.keys()).then(found => found.map(one => new URL(one.url).pathname)))))"
    )
    paths = [path for cache in kept for path in cache]
    assert "/offline/" in paths
    assert [path for path in paths if path != "/offline/" and not path.startswith("/static/")] == []


def test_the_text_size_and_the_language_change_without_script(play):
    page = play.nobody("phone", script=False)
    page.goto("/help/")
    page.get_by_role("button", name="Largest text").click()
    expect(page).to_have_url(re.compile("/help/$"))
    assert page.locator("html").get_attribute("data-size") == "30"
    page.get_by_role("button", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert page.locator("html").get_attribute("data-size") == "30"
