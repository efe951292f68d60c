"""How two people talk in a play, and what then must be true on both sides."""

from __future__ import annotations

import io
import re
import uuid

from PIL import Image
from playwright.sync_api import Page, expect

RECONNECTING = "Reconnecting. Your words are kept."


def room(scene) -> str:
    return f"/consult/encounters/{scene['ids']['encounter']}/"


def given_the_socket_stands(page: Page) -> None:
    """What is said now goes over the socket, and an answer comes back."""
    words = f"Can you hear me? {uuid.uuid4().hex[:8]}"
    say(page, words)
    expect(bubble(page, words)).to_have_attribute("data-seq", re.compile(r"\d+"))


def say(page: Page, words: str) -> None:
    dock = page.locator("form.dock")  # in whatever language
    dock.locator("textarea").fill(words)
    dock.locator("button:not([type=button])").click()


def bubble(page: Page, words: str):
    return page.locator("li.message").filter(has_text=words)


def shown(page: Page) -> list[list[str]]:
    """Every message as this person sees it: its number, and what it says."""
    return page.locator("li[data-client-id]").evaluate_all(
        "items => items.map(item => [item.dataset.seq || 'unsent',"
        " item.querySelector('.message__body').innerText.trim()])"
    )


def stored(page: Page, scene) -> list[dict]:
    """What the server keeps, asked as this person."""
    answer = page.request.get(
        f"{room(scene)}messages/?after=0", headers={"Accept": "application/json"}
    )
    assert answer.ok
    told = answer.json()
    assert told["more"] is False
    return told["messages"]


def then_it_arrived_once(scene, words: str, *pages: Page) -> None:
    """Stored once, shown once to everybody, and all lists agree."""
    for page in pages:
        expect(bubble(page, words)).to_have_attribute("data-seq", re.compile(r"\d+"))
        expect(bubble(page, words)).to_have_count(1)
    rows = stored(pages[0], scene)
    assert [row["body"].get("text") for row in rows].count(words) == 1
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    lists = [shown(page) for page in pages]
    assert all(one == lists[0] for one in lists), lists
    assert [number for number, _ in lists[0]] == [str(row["seq"]) for row in rows]


def small_jpeg() -> bytes:
    """A photo as a telephone takes it, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (200, 80, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def photo(name: str) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": small_jpeg()}
