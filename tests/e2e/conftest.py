"""The stage: a real demo, a real browser, and eyes on every page that is opened."""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.barriers import barriers
from tests.e2e.demo import Demo, running
from tests.e2e.reading import as_it_stands, turned_to
from tests.servers import chromium

SIZES = {
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "desk": {"viewport": {"width": 1366, "height": 768}},
    "tablet": {"viewport": {"width": 1024, "height": 768}, "has_touch": True},
}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SHAPE = """() => [innerWidth, document.documentElement.className, document.documentElement.lang,
  ...[...document.body.querySelectorAll("*")].map(n => n.tagName + "." + n.getAttribute("class"))
].join(" ")"""
PATIENCE_MS = 20_000
COLOURS, PICTURE_BYTES = 200, 150_000


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo that all plays of this run share."""
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started


@pytest.fixture(scope="module")
def browser():
    """Open for one module only: its loop runs in this thread, and Django must bear it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Play:
    """Opens a browser for a person, and watches what their pages do."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self.browser, self.demo = browser, demo
        self.faults: list[str] = []
        self.expected: list[str] = []
        self._open: list[BrowserContext] = []
        self._known: set[str] = set()

    def nobody(self, size: str = "phone", *, language: str = "en", script: bool = True) -> Page:
        """A browser in which nobody has signed in."""
        context = self.browser.new_context(
            base_url=self.demo.base_url,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            java_script_enabled=script,
            **SIZES[size],
        )
        context.set_default_timeout(PATIENCE_MS)
        self._open.append(context)
        page = context.new_page()
        page.goto = partial(turned_to, page.goto)
        self._watch(page)
        context.on("page", self._watch)
        return page

    def person(self, scene: dict, name: str, size: str | None = None, **more) -> Page:
        """The browser of somebody of the cast, signed in by the scene."""
        staff = name in {"dr_li", "dr_wang", "dr_zhao", "sun", "gao", "registrar"}
        page = self.nobody(size or ("desk" if staff else "phone"), **more)
        cookie = {"name": "sessionid", "value": scene["sessions"][name]}
        if name not in self._known:  # what this person chose in an earlier play is gone
            self.demo.let("chooses_nothing", cookie["value"])
            self._known.add(name)
        page.context.add_cookies([{**cookie, "url": self.demo.base_url}])
        return page

    def expect_fault(self, part: str) -> None:
        """A play that provokes a refusal says which line of the console it will leave."""
        self.expected.append(part)

    def close(self) -> None:
        for context in self._open:
            context.close()
        unexpected = [
            fault for fault in self.faults if not any(part in fault for part in self.expected)
        ]
        assert unexpected == [], f"{unexpected}\n{self.demo.tail()}"

    def _watch(self, page: Page) -> None:
        own = {urlsplit(self.demo.base_url).netloc, ""}
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on(
            "console",
            lambda line: (
                line.type == "error"
                and self.faults.append(f"console: {line.text} {line.location['url']}")
            ),
        )
        page.on(
            "request",
            lambda request: (
                urlsplit(request.url).scheme in {"http", "https", "ws", "wss"}
                and urlsplit(request.url).netloc not in own
                and self.faults.append(f"left the origin: {request.url}")
            ),
        )
        page.on(
            "response",
            lambda answer: (
                answer.status >= 500 and self.faults.append(f"{answer.status}: {answer.url}")
            ),
        )


@pytest.fixture
def play(browser, demo):
    opened = Play(browser, demo)
    yield opened
    opened.close()


@pytest.fixture
def hospital(demo):
    """The hospital as it is asked and told; well again afterwards."""
    yield demo.hospital
    demo.hospital("heal", back="")


@pytest.fixture(scope="session")
def looked_at():
    """The shapes of pages that were found whole in this run."""
    return set()


@pytest.fixture
def whole(looked_at):
    """Every person can use this page: axe finds nothing, and nothing needs sideways scrolling.

    A page of the same elements in the same size and language is looked at once.
    """

    def look(page: Page) -> None:
        shape = page.evaluate(SHAPE)
        if shape in looked_at:
            return
        found = barriers(page)
        assert found == [], f"{page.url}: {found}"
        looked_at.add(shape)

    def check(page: Page) -> None:
        as_it_stands(page, look)

    return check


@pytest.fixture
def picture():
    """Keep a picture for the README; only `PICTURES=1` writes it."""

    def take(page: Page, name: str) -> None:
        drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        small = drawn.quantize(COLOURS, dither=Image.Dither.NONE)
        out = io.BytesIO()
        small.save(out, "PNG", optimize=True)
        assert len(out.getvalue()) <= PICTURE_BYTES, name
        if os.environ.get("PICTURES") == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"{name}.png").write_bytes(out.getvalue())

    return take


def pytest_collection_modifyitems(items):
    for item in items:
        if "demo" in item.fixturenames:
            item.add_marker(pytest.mark.play)
