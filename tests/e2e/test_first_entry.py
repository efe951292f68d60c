"""Journey 1: a 78-year-old enters for the first time: telephone, name, contract, "my doctor"."""

from __future__ import annotations

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from portal.sandbox import cast

GU = {"phone": "13900001010", "name": "顾惠珍", "number": "310110194708220404"}
LI = next(person for person in cast.STAFF if person.username == "dr_li")


def sign_in(page, demo, phone):
    page.goto("/accounts/login/")
    page.locator("input[name=phone]").fill(phone)
    before = len(demo.messages_to(f"+86{phone}"))
    page.get_by_role("button", name="Send me the code").click()
    expect(page).to_have_url(re.compile("/accounts/login/code/"))
    page.locator("input[name=code]").fill(demo.newest_code(f"+86{phone}", besides=before))
    page.get_by_role("button", name="Sign in").click()


def seen(page, whole):
    """From the end of the page, where nothing lies half under the bar of tabs."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    whole(page)


def app_code(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def test_gu_says_who_she_is_and_gets_a_family_doctor(play, whole):
    page = play.nobody("phone")
    sign_in(page, play.demo, GU["phone"])
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
    doctor.goto("/accounts/login/?staff=1")
    seen(doctor, whole)
    doctor.locator("input[name=username]").fill(LI.username)
    doctor.locator("input[name=password]").fill(cast.PASSWORD)
    doctor.get_by_role("button", name="Go on").click()
    seen(doctor, whole)
    doctor.locator("input[name=code]").fill(app_code(LI.secret))
    doctor.get_by_role("button", name="Go on").click()
    expect(doctor).not_to_have_url(re.compile("/accounts/"))
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
    wang = next(person for person in cast.STAFF if person.username == "dr_wang")
    doctor.goto(f"http://localhost:{play.demo.base_url.rpartition(':')[2]}/accounts/staff/")
    doctor.locator("input[name=username]").fill(wang.username)
    doctor.locator("input[name=password]").fill(cast.PASSWORD)
    doctor.get_by_role("button", name="Go on").click()
    doctor.locator("input[name=code]").fill(app_code(wang.secret))
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
