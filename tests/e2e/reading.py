"""What stands on a page, read once all of it is there.

A page has its address before its last line has come; whoever counts at once counts a part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import Error, Locator, Page, Response

Seen = TypeVar("Seen")
DRAWN_ANEW = "Execution context was destroyed"
CUT_OFF = "net::ERR_ABORTED"
MOST_LOOKS = 10  # as often as a courier's list may hear of another parcel


def all_of(locator: Locator) -> list[Locator]:
    locator.page.wait_for_load_state()
    return locator.all()


def count_of(locator: Locator) -> int:
    locator.page.wait_for_load_state()
    return locator.count()


def as_it_stands(page: Page, look: Callable[[Page], Seen]) -> Seen:
    """A live page may be drawn anew while it is looked at: then the new one is looked at."""
    for _again in range(MOST_LOOKS):
        try:
            return look(page)
        except Error as cut:
            if DRAWN_ANEW not in cut.message:
                raise
        page.wait_for_load_state()
    return look(page)


def turned_to(go: Callable[..., Response | None], url: str, **more: Any) -> Response | None:
    """A live page may be drawn anew at the moment one leaves it, which cuts the way off: again."""
    for _again in range(MOST_LOOKS):
        try:
            return go(url, **more)
        except Error as cut:
            if CUT_OFF not in cut.message:
                raise
    return go(url, **more)
