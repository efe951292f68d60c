"""What stands on a page, read once all of it is there.

A page has its address before its last line has come; whoever counts at once counts a part.
"""

from __future__ import annotations

from playwright.sync_api import Locator


def all_of(locator: Locator) -> list[Locator]:
    locator.page.wait_for_load_state()
    return locator.all()


def count_of(locator: Locator) -> int:
    locator.page.wait_for_load_state()
    return locator.count()
