"""What a doctor does at the desk, and what then lies in the hospital."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from portal.sandbox import cast
from tests.e2e.reading import count_of
from tests.factories import centre_day

NOTE = {
    "Complaint": "Follow-up of hypertension 高血压复诊",
    "History since the last visit": "Home readings 138/82, ankles swell in the evening 傍晚脚踝肿",
    "Advice": "New tablet in the morning, measure daily 晨起服新药,每天量血压",
}
SECTIONS = 7


def desk(scene) -> str:
    return f"/consult/desk/encounters/{scene['ids']['encounter']}/"


def records_asked(page: Page) -> list[str]:
    """The parts of the record as they are asked for and come, in order."""
    seen: list[str] = []
    for happened in ("request", "requestfinished", "requestfailed"):
        page.on(
            happened,
            lambda one, mark=happened: (
                "/record/" in one.url and seen.append(f"{mark} {one.url.rsplit('/', 2)[1]}")
            ),
        )
    return seen


def then_the_record_came_one_by_one(page: Page, asked: list[str]) -> None:
    parts = page.locator("[data-fill*='/record/']")
    expect(parts).to_have_count(SECTIONS)
    expect(page.locator("[data-fill*='/record/'][data-filled]")).to_have_count(SECTIONS)
    expect(parts.locator(".asof", has_text="as of")).to_have_count(SECTIONS)
    marks = [line.split()[0] for line in asked[: 2 * SECTIONS]]
    assert marks == ["request", "requestfinished"] * SECTIONS, asked


def when_the_note_is_written(page: Page) -> None:
    page.get_by_role("button", name="Yes, they are met").click()
    for label, words in NOTE.items():
        page.get_by_label(label).fill(words)
    page.locator("input[name=codes]").first.check()
    page.get_by_label("Next review").fill((centre_day.today() + timedelta(days=28)).isoformat())
    expect(page.locator("[data-autosave-state]")).to_contain_text("Saved")


def when_a_medicine_is_added(page: Page, name: str) -> None:
    page.get_by_label("Name of the medicine").fill(name)
    page.get_by_role("button", name="Search").click()
    page.locator("a.button", has_text=name).first.click()
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("ol li.card", has_text=name)).to_be_visible()


def when_every_alert_gets_its_reason(page: Page) -> int:
    """How many alerts wanted one (R81)."""
    given = 0
    while count_of(page.get_by_role("button", name="Keep the reason")):
        page.get_by_label("In words").first.fill("Low dose, asked about muscle pain 低剂量")
        page.get_by_role("button", name="Keep the reason").first.click()
        given += 1
        expect(page.get_by_text("Low dose, asked about muscle pain")).to_have_count(given)
    return given


def references(hospital) -> set[str]:
    """Everything the hospital holds from us."""
    return {line["reference"] for shelf in hospital("received").values() for line in shelf}


def received(hospital, before) -> dict[str, set[str]]:
    """What it holds beyond what it held before, by kind."""
    found: dict[str, set[str]] = {}
    for reference in references(hospital) - before:
        found.setdefault(reference.split("/")[0], set()).add(reference)
    return found


def given_dr_li_has_chen_open(play, scene, size="desk") -> Page:
    doctor = play.person(scene, "dr_li", size)
    doctor.goto(desk(scene))
    return doctor


def unlocked(page: Page) -> None:
    """A session that was not opened by the password asks for it before the first signature."""
    expect(page).to_have_url(re.compile("/consult/desk/unlock/"))
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Open").click()
    expect(page).not_to_have_url(re.compile("/unlock/"))
