"""Journey 6: Dr Li's seat, from the queue to the signed prescription in the hospital."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.sandbox import cast
from tests.e2e.people import app_code, staff, staff_signs_in
from tests.e2e.seat import (
    NOTE,
    desk,
    given_dr_li_has_chen_open,
    received,
    records_asked,
    references,
    then_the_record_came_one_by_one,
    when_a_medicine_is_added,
    when_every_alert_gets_its_reason,
    when_the_note_is_written,
)
from tests.e2e.talking import bubble, room, say

TABLETS = ("Simvastatin", "Verapamil")  # each is fine; together one of them is limited (R76)
CLOCK_MS = 40_000  # the clock of promises looks every twenty seconds


@pytest.mark.servers
def test_dr_li_sees_chen_from_the_queue_to_the_hospital(play, demo, hospital, whole):
    scene = demo.scene("waiting")
    before = references(hospital)
    chen = play.person(scene, "chen", "phone", language="zh")
    chen.goto(room(scene))
    doctor = play.nobody("desk")
    staff_signs_in(doctor, demo, "dr_li")
    doctor.goto("/consult/desk/")
    expect(doctor.locator("#queue")).to_contain_text("Chen Guilan")
    whole(doctor)

    asked = records_asked(doctor)
    doctor.get_by_role("button", name="Call the next one").click()
    expect(doctor).to_have_url(re.compile(re.escape(desk(scene))))
    then_the_record_came_one_by_one(doctor, asked)
    expect(chen.locator(".status", has_text="李伟")).to_be_visible()  # by itself

    say(chen, "早上好,李医生,脚踝傍晚有点肿")
    expect(bubble(doctor, "脚踝傍晚有点肿")).to_be_visible()
    say(doctor, "陈阿姨好,我给您换一种药")
    expect(bubble(chen, "我给您换一种药")).to_be_visible()

    prescribe = doctor.get_by_role("link", name="Write a prescription")
    expect(prescribe).to_have_count(0)
    when_the_note_is_written(doctor)
    expect(prescribe).to_be_visible()  # by itself, since a diagnosis stands now
    doctor.reload()
    for label, words in NOTE.items():
        expect(doctor.get_by_label(label)).to_have_value(words)
    whole(doctor)

    prescribe.click()
    for tablet in TABLETS:
        when_a_medicine_is_added(doctor, tablet)
    whole(doctor)
    play.expect_fault("409")
    doctor.get_by_role("button", name="Sign the prescription").click()
    expect(doctor.locator(".refusal")).to_be_visible()
    expect(doctor.locator(".alert", has_text="R76").first).to_be_visible()
    assert when_every_alert_gets_its_reason(doctor) >= 1
    doctor.get_by_role("button", name="Sign the prescription").click()
    expect(doctor.locator("main")).to_contain_text("The prescription is signed and goes to")
    doctor.get_by_role("button", name="Sign the note").click()
    expect(doctor.locator("main")).to_contain_text("The note is signed.")
    doctor.get_by_role("button", name="Finish the visit").click()
    expect(doctor).to_have_url(re.compile("/consult/desk/$"))
    expect(doctor.locator("main")).to_contain_text("The visit is finished.")

    demo.eventually(
        lambda: {"DocumentReference", "MedicationRequest"} <= set(received(hospital, before)),
        "the note and the prescription in the hospital",
    )
    chen.locator("a[href*='/consult/prescriptions/']").first.click()
    for tablet in ("辛伐他汀", "维拉帕米"):
        expect(chen.locator("main")).to_contain_text(tablet)
    whole(chen)
    chen.goto(room(scene))
    chen.locator("a[href$='/note/']").click()
    expect(chen.locator("main")).to_contain_text("晨起服新药")
    whole(chen)
    doctor.goto(desk(scene))
    expect(doctor.locator("main")).to_contain_text("in the hospital record")
    sent = received(hospital, before)
    assert len(sent["MedicationRequest"]) == len(TABLETS), sent
    assert len(sent.get("DocumentReference", [])) + len(sent.get("Composition", [])) == 1, sent


def test_the_desk_works_on_a_tablet(play, demo, whole):
    scene = demo.scene("conversation")
    doctor = given_dr_li_has_chen_open(play, scene, "tablet")
    say(doctor, "Good morning from the tablet")
    when_the_note_is_written(doctor)
    whole(doctor)
    doctor.get_by_role("link", name="Write a prescription").click()
    when_a_medicine_is_added(doctor, "Pravastatin")
    whole(doctor)
    doctor.get_by_role("button", name="Discard the draft").click()
    expect(doctor.locator("main")).to_contain_text("The prescription is taken back.")


def test_two_doctors_on_one_resident_see_each_other_and_only_one_receives(play, demo):
    play.expect_fault("409")
    scene = demo.scene("conversation")
    li = given_dr_li_has_chen_open(play, scene)
    theirs = demo.let("also_comes_to", scene["ids"]["encounter"], "dr_wang")
    wang = play.person(scene, "dr_wang")
    wang.goto(f"/consult/desk/encounters/{theirs}/")
    expect(wang.locator(".who")).to_contain_text("Li Wei")
    li.reload()
    expect(li.locator(".who")).to_contain_text("Wang Fang")
    wang.get_by_role("button", name="Receive").click()
    expect(wang.locator("main")).to_contain_text("is with Dr Li Wei")


def test_a_sitting_begins_with_the_second_factor(play, demo):
    scene = demo.scene("waiting")
    demo.let("factor_ages", scene["sessions"]["dr_li"], "6")
    doctor = play.person(scene, "dr_li")
    doctor.goto("/consult/desk/")
    doctor.get_by_role("button", name="Call the next one").click()
    expect(doctor).to_have_url(re.compile("/accounts/second-factor/"))
    doctor.locator("input[name=code]").fill(app_code(demo, staff("dr_li")))
    doctor.get_by_role("button", name="Go on").click()
    expect(doctor).to_have_url(re.compile("/consult/desk/$"))
    doctor.get_by_role("button", name="Call the next one").click()
    expect(doctor).to_have_url(re.compile(re.escape(desk(scene))))


def test_a_doctor_who_never_comes_is_told_and_so_are_chen_and_the_manager(play, demo):
    scene = demo.scene("waiting")
    phone = cast.residents()[0].phone
    chen = play.person(scene, "chen")
    chen.goto(room(scene))
    doctor, manager = play.person(scene, "dr_li"), play.person(scene, "gao")
    demo.let("promise_passes", scene["ids"]["encounter"], "20")
    expect(bubble(chen, "The promised time has come")).to_be_visible(timeout=CLOCK_MS)
    expect(chen.locator("main")).to_contain_text("you pay nothing")
    doctor.goto("/notices/")
    expect(doctor.locator("main")).to_contain_text("A resident waits longer than promised")

    def escalated() -> bool:
        manager.goto("/consult/manager/escalations/")
        return manager.locator("main", has_text="Chen Guilan").count() > 0

    demo.eventually(escalated, "the manager's page")
    demo.eventually(lambda: "is late" in told_to(demo, phone), "the message to Chen")


def test_a_doctor_who_cannot_go_on_tells_everybody_at_once(play, demo, whole):
    scene = demo.scene("waiting")
    chen = play.person(scene, "chen", language="zh")
    chen.goto(room(scene))
    doctor = play.person(scene, "dr_li", language="zh")
    doctor.goto("/consult/desk/")
    doctor.get_by_role("link", name="我今天不能继续接诊").click()
    expect(doctor.locator("main")).to_contain_text("Chen Guilan")
    whole(doctor)
    phone = cast.residents()[0].phone
    before = told_to(demo, phone)
    doctor.locator("input[name=reason]").first.check()
    doctor.locator("form button.button--danger").click()
    expect(doctor).to_have_url(re.compile("/consult/desk/$"))
    expect(chen.locator("main a[href$='/times/']")).to_be_visible()  # by itself
    whole(chen)
    demo.eventually(lambda: told_to(demo, phone) != before, "a message to Chen")
    doctor.goto("/consult/desk/leave/")
    expect(doctor.locator("form button.button--danger")).to_have_count(0)


def told_to(demo, phone) -> str:
    """Every message to this telephone, one below the other."""
    return "\n".join(message["text"] for message in demo.messages_to(phone))
