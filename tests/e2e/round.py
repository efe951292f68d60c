"""A courier's day for plays: Wu's telephone, his parcels by their place, and what he does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from delivery.models.code import check_digit

WAY, COLLECT, POOL = "/delivery/courier/way/", "/delivery/courier/collect/", "/delivery/courier/"
HAND_OVER = "form[data-later=hand-over]"


@pytest.fixture(scope="module")
def scene(demo):
    """One day for all: each play below has parcels of its own."""
    return demo.scene("courier-day")


@pytest.fixture
def wu(play, scene):
    """His telephone keeps pages ahead: it may ask for one whose parcel has gone a moment ago."""
    play.expect_fault(f"404 (Not Found) {play.demo.base_url}/delivery/courier/")
    return play.person(scene, "wu", language="zh")


@pytest.fixture
def parcel(scene):
    def numbered(place):
        names = ("parcel", "number", "code")
        found = {name: scene["ids"][f"{name}_{place}"] for name in names}
        return {**found, "url": f"/delivery/courier/parcels/{found['parcel']}/"}

    return numbered


@pytest.fixture
def stages(play, scene):
    """Where the centre's books have the parcels of this day, by their place."""

    def now():
        ids = {key: value for key, value in scene["ids"].items() if key.startswith("parcel_")}
        books = play.demo.let("stages")
        return {int(key[7:]): books[pk] for key, pk in ids.items()}

    return now


@pytest.fixture
def stands(play, stages):
    """A parcel comes to stand there: a page is drawn a moment before its row is written."""

    def wait(place, stage):
        play.demo.eventually(lambda: stages()[place] == stage, f"parcel {place} to be {stage}")

    return wait


def when_the_code_is_typed(page, code, *, form=HAND_OVER):
    door = page.locator(form).first
    door.locator("input[name=seal][value=whole]").check()
    door.locator("input[name=name_checked]").check()
    door.locator("input[name=code]").fill(code)
    door.locator("button.button--go").click()


def when_a_problem_is_told(page, reason):
    page.locator("details", has=page.locator("form[data-later=failed]")).locator("summary").click()
    page.locator(f"button[name=reason][value={reason}]").click()


def when_it_is_collected(page, number):
    form = page.locator("form[data-later=collect]")
    form.locator("input[name=number]").fill(number)
    form.locator("button.button--go").click()
    expect(form).to_be_hidden()


def then_so_many_wait(page, count):
    expect(page.locator("[data-pouch-count]")).to_contain_text(f"尚未发送： {count}")


def wrong(code):
    """Another code that could be right: nothing but the server knows that it is not."""
    first = f"{(int(code[:5]) + 1) % 10**5:05d}"
    return first + check_digit(first)
