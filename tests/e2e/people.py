"""How the people of the cast come in by the front door."""

from __future__ import annotations

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from portal.sandbox import cast
from tests.e2e.demo import Demo

_shown: dict[str, str] = {}


def staff(username: str) -> cast.Staff:
    return next(person for person in cast.STAFF if person.username == username)


def app_code(demo: Demo, person: cast.Staff) -> str:
    """What the authenticator app shows; a code that was typed once is good no more."""

    def unused() -> str:
        code = str(format_hotp_value(hotp_value(person.secret, int(time.time()) // 30)))
        return code if code != _shown.get(person.username) else ""

    code: str = demo.eventually(unused, "a new code of the app")
    _shown[person.username] = code
    return code


def staff_signs_in(page: Page, demo: Demo, username: str, look=lambda page: None) -> None:
    """Name and password, then the code of the app."""
    person = staff(username)
    page.goto("/accounts/login/?staff=1")
    look(page)
    page.locator("input[name=username]").fill(person.username)
    page.locator("input[name=password]").fill(cast.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    look(page)
    page.locator("input[name=code]").fill(app_code(demo, person))
    page.get_by_role("button", name="Go on").click()
    expect(page).not_to_have_url(re.compile("/accounts/"))


def resident_signs_in(page: Page, demo: Demo, number: str) -> None:
    """The number, and the six digits that come to it; where that leads is the play's to see."""
    page.locator("input[name=phone]").fill(number)
    before = len(demo.messages_to(f"+86{number}"))
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/accounts/login/code/"))
    page.locator("input[name=code]").fill(demo.newest_code(f"+86{number}", besides=before))
    page.locator("main form button").first.click()
    expect(page).not_to_have_url(re.compile("/code/"))
