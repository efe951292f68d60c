"""How the pages look to eyes, fingers, readers and slow lines (R136-R149, P13)."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from portal import worklist
from portal.organization.models import HealthcareService
from portal.worklist import Card
from tests.e2e.barriers import barriers
from tests.e2e.front.stage import ADDRESS

pytestmark = pytest.mark.browser

VISITOR = ["/", "/help/", "/privacy/", "/preferences/", "/offline/", "/nothing/"]
HTML = {"Content-Type": "text/html"}
SIZES = ["18", "23", "30"]
PLACE_OF_THE_HELPLINE = """() => Array.from(document.body.children)
    .findIndex(one => one.matches(".helpline"))"""
SMALL_WORDS = """() => Array.from(document.querySelectorAll("body *")).filter(one =>
    Array.from(one.childNodes).some(node => node.nodeType === 3 && node.data.trim())
    && one.offsetParent && !one.closest(".sizes") && parseFloat(getComputedStyle(one).fontSize) < 18
  ).map(one => one.outerHTML.slice(0, 90))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map(one => one.outerHTML.slice(0, 120)).concat("too wide")"""
LOW_TARGETS = """least => Array.from(document.querySelectorAll("a, button, summary, label.choice"))
  .filter(one => one.offsetParent && !one.matches(".skip")
    && getComputedStyle(one).display !== "inline"
    && one.getBoundingClientRect().height < least - 0.5
  ).map(one => one.outerHTML.slice(0, 90))"""


@pytest.fixture
def house(monkeypatch, centre, dr_li, chen, as_person):
    """A centre with a service and a doctor; the browser of a resident whose visit is near."""
    monkeypatch.setattr(worklist, "_sources", type(worklist._sources)(list))
    HealthcareService.objects.create(
        organization=centre, code="vr", name="Online follow-up", department="General practice",
        is_online=True, price_minor=1250,
    )  # fmt: skip
    soon = timezone.now() + timedelta(minutes=20)

    @worklist.home_card("resident")
    def cards(actor):
        yield Card("Your visit with Dr Li", "/v/", "chat", when=soon, step="go in", label="Go in")
        yield Card("See my doctor", "/t/", "doctor", "Choose a time")

    return as_person(chen)


def visit(page, stage, path, client=None, size="18", language="en"):
    client = client or Client()
    client.cookies["text_size"], client.cookies["django_language"] = size, language
    html = client.get(path).content.decode()
    stage.answers[path] = lambda request: (200, HTML, html)
    page.goto(ADDRESS + path)
    return html


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("size", SIZES)
def test_no_barrier_where_there_is_no_page(phone, stage, size, language):
    """Every page that is there is looked at in `test_every_page`."""
    visit(phone, stage, "/nothing/", None, size, language)
    assert barriers(phone) == []


def test_no_barrier_in_the_dark(house, browser):
    from tests.e2e.front.stage import Stage

    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    page, stage = context.new_page(), Stage(context)
    for path in [*VISITOR, "/home/"]:
        visit(page, stage, path, house if path == "/home/" else None)
        assert barriers(page) == [], path
    context.close()


@pytest.mark.parametrize(("width", "size"), [(320, "18"), (320, "23"), (320, "30"), (740, "30")])
def test_nothing_runs_out_of_a_narrow_page(house, phone, stage, size, width):
    phone.set_viewport_size({"width": width, "height": 640})
    for path in [*VISITOR, "/home/"]:
        visit(phone, stage, path, house if path == "/home/" else None, size)
        assert phone.evaluate(TOO_WIDE) == [], path


@pytest.mark.parametrize("size", SIZES)
def test_the_telephone_and_120_are_seen_without_scrolling(house, phone, stage, size):
    phone.set_viewport_size({"width": 360, "height": 640})
    places = []
    for path in [*VISITOR, "/home/"]:
        visit(phone, stage, path, house if path == "/home/" else None, size)
        links = phone.locator(".helpline a")
        boxes = [links.nth(i).bounding_box() for i in range(links.count())]
        assert all(box["y"] >= 0 and box["y"] + box["height"] <= 640 for box in boxes), path
        assert phone.locator('.helpline a[href="tel:120"]').count() == 1
        places.append(phone.evaluate(PLACE_OF_THE_HELPLINE))
    assert len(set(places)) == 1


def test_the_first_thing_in_the_header_is_the_text_size(house, phone, stage):
    visit(phone, stage, "/")
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.className") == "skip"
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.name") == "text_size"


@pytest.mark.parametrize("size", SIZES)
def test_words_are_at_least_18_and_targets_large_enough(house, phone, stage, size):
    least = 44 if size == "18" else 60
    for path in ["/", "/help/", "/home/", "/preferences/"]:
        visit(phone, stage, path, house if path == "/home/" else None, size)
        assert phone.evaluate("getComputedStyle(document.body).fontSize") == f"{size}px"
        assert phone.evaluate(SMALL_WORDS) == [], path
        assert phone.evaluate(LOW_TARGETS, least) == [], path


def test_wider_spacing_of_letters_and_lines_cuts_nothing(house, phone, stage):
    visit(phone, stage, "/home/", house)
    phone.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
    )
    cut = phone.evaluate(
        """() => Array.from(document.querySelectorAll('main *, .helpline *, .tabs *')).filter(e =>
             e.offsetParent && !e.matches('.visually-hidden, svg, svg *')
             && getComputedStyle(e).overflow !== 'visible' && e.scrollHeight > e.clientHeight + 1)
           .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert cut == []
    assert phone.evaluate(TOO_WIDE) == []


def test_no_request_leaves_the_origin(house, phone, stage):
    addresses: list[str] = []
    phone.on("request", lambda request: addresses.append(request.url))
    for path in VISITOR:
        visit(phone, stage, path)
    assert {re.match(r"\w+://[^/]+", address)[0] for address in addresses} == {ADDRESS}


@pytest.mark.parametrize("path", ["/", "/help/", "/home/", "/preferences/"])
def test_a_first_visit_costs_at_most_60_kilobytes_and_a_later_one_12(house, phone, stage, path):
    asked: set[str] = set()
    phone.on("request", lambda request: asked.add(request.url.removeprefix(ADDRESS)))
    html = visit(phone, stage, path, house)
    phone.wait_for_load_state("networkidle")
    page = len(gzip.compress(html.encode(), 6))
    files = {one.split("#")[0] for one in asked if one.startswith("/static/")}
    static = sum(
        len(gzip.compress((settings.BASE_DIR / one.lstrip("/")).read_bytes(), 6)) for one in files
    )
    assert page <= 12 * 1024
    assert page + static <= 60 * 1024, sorted(files)
