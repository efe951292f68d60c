"""A telephone and the stage its pages come from."""

from __future__ import annotations

import pytest

from tests.e2e.front.stage import Stage


@pytest.fixture
def context(browser):
    opened = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    yield opened
    opened.close()


@pytest.fixture
def phone(context):
    """A page on a telephone; whatever breaks in its scripts breaks the test."""
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    assert broken == []


@pytest.fixture
def stage(context):
    return Stage(context)
