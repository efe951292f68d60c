"""Journey 1: a 78-year-old enters for the first time: telephone, name, contract, "my doctor"."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.sandbox import cast
from tests.e2e.people import app_code, resident_signs_in, staff, staff_signs_in

GU = {"phone": "13900001010", "name": "顾惠珍", "number": "310110194708220404"}
WANG = {"phone": "13900001012", "name": "王秀兰", "number": "310110195210010447"}
HE = {"phone": "13900001007", "name": "何国平"}


def seen(page, whole):
    """From the end of the page, where nothing lies half under the bar of tabs."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    whole(page)


@pytest.mark.servers
def test_gu_says_who_she_is_and_gets_a_family_doctor(play, whole):
    page = play.nobody("phone")
    page.goto("/accounts/login/")
    resident_signs_in(page, play.demo, GU["phone"])
    expect(page).to_have_url(re.compile("/home/"))
    page.get_by_role("link", name="Say who you are").click()
    seen(page, whole)
    page.locator("input[name=name]").fill(GU["name"])
    page.locator("input[name=id_number]").fill(GU["number"])
    page.get_by_label(re.compile("Yanghang")).check()
    expect(page.locator("input[name=agreed]")).not_to_be_checked()
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="Look for my record").click()
    expect(page.locator("main")).to_contain_text("Confirmed")
    seen(page, whole)
    page.get_by_role("link", name="Choose my family doctor").click()
    expect(page.locator("main")).to_contain_text("Li Wei")
    expect(page.locator("main")).not_to_contain_text("Zhao Min")
    seen(page, whole)
    page.locator("section", has_text="Li Wei").get_by_role("link").click()
    seen(page, whole)
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="Sign and ask the doctor").click()
    expect(page.locator("main")).to_contain_text("waiting for the doctor")
    seen(page, whole)

    doctor = play.nobody("desk")
    staff_signs_in(doctor, play.demo, "dr_li", lambda page: seen(page, whole))
    doctor.goto("/family-doctor/requests/")
    seen(doctor, whole)
    doctor.locator("section", has_text="顾惠珍").get_by_role("button", name="Accept").click()
    expect(doctor.locator("main")).to_contain_text("Nobody is waiting")

    page.goto("/family-doctor/")
    expect(page.locator("main")).to_contain_text("signed")
    seen(page, whole)
    page.goto("/notices/")
    expect(page.locator("main")).to_contain_text("You have a family doctor")
    seen(page, whole)


def test_a_passkey_is_made_and_shows_that_it_is_the_doctor(play, whole):
    play.expect_fault("left the origin: http://localhost")  # passkeys want a name, not a number
    doctor = play.nobody("desk")
    page = doctor.context.new_cdp_session(doctor)
    page.send("WebAuthn.enable")
    page.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    wang = staff("dr_wang")
    doctor.goto(f"http://localhost:{play.demo.base_url.rpartition(':')[2]}/accounts/staff/")
    doctor.locator("input[name=username]").fill(wang.username)
    doctor.locator("input[name=password]").fill(cast.PASSWORD)
    doctor.get_by_role("button", name="Go on").click()
    doctor.locator("input[name=code]").fill(app_code(play.demo, wang))
    doctor.get_by_role("button", name="Go on").click()
    expect(doctor).not_to_have_url(re.compile("/accounts/"))
    origin = doctor.url.split("/", 3)
    base = "/".join(origin[:3])
    doctor.goto(f"{base}/accounts/security/passkey/")
    seen(doctor, whole)
    doctor.get_by_role("button", name="Make a passkey").click()
    expect(doctor).to_have_url(re.compile("/accounts/security/$"))
    expect(doctor.locator("main")).to_contain_text("Passkey")
    seen(doctor, whole)
    doctor.goto(f"{base}/accounts/second-factor/?next=/notices/")
    doctor.get_by_role("button", name="Use my passkey").click()
    expect(doctor).to_have_url(re.compile("/notices/"))


def test_a_session_that_ends_keeps_the_form_and_a_name_that_does_not_match_asks_a_person(
    play, whole
):
    session = play.demo.let("newcomer", f"+86{WANG['phone']}")
    page = play.nobody("phone")
    page.context.add_cookies(
        [
            {"name": "text_size", "value": "30", "url": play.demo.base_url},
            {"name": "sessionid", "value": session, "url": play.demo.base_url},
        ]
    )
    page.goto("/accounts/real-name/")
    assert page.locator("html").get_attribute("data-size") == "30"
    page.locator("input[name=name]").fill("王秀芝")  # not as the hospital has it
    page.locator("input[name=id_number]").fill(WANG["number"])
    page.get_by_label(re.compile("Yanghang")).check()
    page.locator("input[name=agreed]").check()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Look for my record").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    resident_signs_in(page, play.demo, WANG["phone"])

    expect(page).to_have_url(re.compile("/accounts/real-name/"))
    expect(page.locator("input[name=name]")).to_have_value("王秀芝")
    expect(page.locator("input[name=id_number]")).to_have_value(WANG["number"])
    seen(page, whole)
    page.get_by_label(re.compile("Yanghang")).check()
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="Look for my record").click()
    expect(page.locator("main")).to_contain_text("registrar")
    expect(page.locator("main")).not_to_contain_text("Confirmed")
    seen(page, whole)

    registrar = play.person(play.demo.scene("empty"), "registrar")
    registrar.goto("/registrar/")
    expect(registrar.locator("main")).to_contain_text("王秀芝")
    expect(registrar.locator("main")).not_to_contain_text(WANG["number"])


def test_a_number_with_a_new_owner_opens_nothing_of_the_old_one(play, whole):
    play.demo.let("number_rests", f"+86{HE['phone']}", "95")
    page = play.nobody("phone")
    page.goto("/accounts/login/")
    resident_signs_in(page, play.demo, HE["phone"])
    expect(page.locator("h1")).to_contain_text("One question")
    expect(page.locator("body")).not_to_contain_text(HE["name"])
    seen(page, whole)
    page.get_by_role("button", name="I am somebody else").click()
    expect(page).to_have_url(re.compile("/home/"))
    expect(page.locator("body")).not_to_contain_text(HE["name"])
    page.get_by_role("link", name="Say who you are").click()
    expect(page.locator("h1")).to_contain_text("Who are you?")
