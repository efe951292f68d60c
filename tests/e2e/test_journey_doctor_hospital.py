"""Journey 6, the hospital's part: slow, away, and with news after the draft was written."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.reading import count_of
from tests.e2e.seat import (
    SECTIONS,
    desk,
    given_dr_li_has_chen_open,
    received,
    references,
    unlocked,
    when_a_medicine_is_added,
    when_the_note_is_written,
)
from tests.e2e.talking import bubble, say


def test_the_desk_waits_for_no_hospital_and_everything_arrives_later(play, demo, hospital):
    scene = demo.scene("conversation")
    before = references(hospital)
    demo.let("record_ages", scene["ids"]["encounter"], "60")
    hospital("trouble", latency_ms=60_000)  # longer than any patience of this play
    doctor = given_dr_li_has_chen_open(play, scene)
    parts = doctor.locator("[data-fill*='/record/']")
    expect(parts.filter(has_text="being read")).to_have_count(SECTIONS)
    expect(parts.locator(".asof--amber", has_text="as of")).to_have_count(SECTIONS)
    expect(parts.filter(has_text="amlodipine").first).to_be_visible()
    say(doctor, "The hospital is slow, we go on")
    expect(bubble(doctor, "The hospital is slow")).to_have_attribute("data-seq", re.compile(r"\d+"))

    hospital("trouble", latency_ms=0, down="closed")
    demo.let("record_ages", scene["ids"]["encounter"], "60")
    when_the_note_is_written(doctor)
    doctor.reload()
    expect(parts.filter(has_text="The hospital system does not answer.")).to_have_count(SECTIONS)
    expect(parts.filter(has_text="as of")).to_have_count(SECTIONS)
    doctor.get_by_role("button", name="Sign the note").click()
    unlocked(doctor)
    doctor.get_by_role("button", name="Sign the note").click()
    expect(doctor.locator("main")).to_contain_text("on its way to the hospital record")
    doctor.get_by_role("button", name="Finish the visit").click()
    expect(doctor.locator("main")).to_contain_text("The visit is finished.")
    assert references(hospital) == before

    hospital("heal", back="")
    documents = ("DocumentReference", "Composition")
    demo.eventually(
        lambda: any(kind in received(hospital, before) for kind in documents),
        "the note in the hospital that is open again",
        within_s=150,  # the breaker stays open for a while
    )
    assert sum(len(received(hospital, before).get(kind, [])) for kind in documents) == 1


def test_an_allergy_that_appears_after_the_draft_stops_the_signature(play, demo, hospital):
    play.expect_fault("409")
    scene = demo.scene("conversation")
    doctor = play.person(scene, "dr_li")
    doctor.goto("/consult/desk/unlock/")
    unlocked(doctor)
    doctor.goto(desk(scene))
    when_the_note_is_written(doctor)
    doctor.get_by_role("link", name="Write a prescription").click()
    when_a_medicine_is_added(doctor, "Acarbose")
    assert count_of(doctor.get_by_role("button", name="Keep the reason")) == 0
    found = {"code": "A10BF01", "text": "Acarbose 阿卡波糖", "severity": "severe"}
    hospital("add-allergy", patient="chen", **found)

    other = doctor.context.new_page()  # the first page stays as it was drawn
    other.goto(desk(scene))

    def is_known() -> bool:
        other.reload()
        return count_of(other.locator("[data-fill*='/record/allergies']", has_text="Acarbose")) > 0

    demo.eventually(is_known, "the allergy in the record")
    assert count_of(doctor.locator(".alert--stop")) == 0
    doctor.get_by_role("button", name="Sign the prescription").click()
    expect(doctor.locator(".refusal")).to_contain_text("Acarbose")
    expect(doctor.locator(".alert--stop")).to_contain_text("R74")
    doctor.get_by_role("button", name="Sign the prescription").click()
    expect(doctor.locator(".refusal")).to_contain_text("Acarbose")
