"""Every page of the table of doors, as somebody it is for: no barrier in any size and language.

The pages come from the portal with its own headers, so the strict policy of scripts and
styles holds here as it does outside.
"""

from __future__ import annotations

import pkgutil
import re
import threading
from contextvars import copy_context
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

import tests.access
from portal.accounts.sessions import open_session
from tests.access.table import CAST, DOORS, NOTHING, RESIDENTS
from tests.e2e.barriers import LEVELS, barriers

for _part in pkgutil.iter_modules(tests.access.__path__):  # the world, whoever adds to it
    _found = vars(import_module(f"tests.access.{_part.name}"))
    globals().update({name: it for name, it in _found.items() if not name.startswith("_")})

pytestmark = pytest.mark.browser
SIZES = ("18", "23", "30")
#: In another size the page is the same but for its sizes: only these can change. Contrast cannot:
#: larger letters need less of it.
OF_THE_SIZE = ["target-size", "scrollable-region-focusable"]
HEADERS = ("accept", "x-requested-with")
RESIZE = "size => { document.documentElement.dataset.size = size; }"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 768}
MANY = 60


class Files(SimpleHTTPRequestHandler):
    """Styles, scripts and pictures, as they lie there."""

    def log_message(self, *words) -> None:
        pass


@pytest.fixture(scope="module")
def files():
    """The address of a server of static files; the pages themselves are answered in between."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(settings.BASE_DIR)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class House:
    """The portal behind every page of one browser, asked as whoever is signed in there."""

    def __init__(self, context, client: Client, address: str) -> None:
        self.client, self.address, self.faults = client, address, []
        self._here = copy_context()  # the browser asks from a task of its own, the rows are here
        context.route(re.compile(f"^{re.escape(address)}/(?!static/)"), self._answer)
        context.route_web_socket("**/live/", lambda socket: None)

    def watch(self, page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on(
            "console",
            lambda line: line.type == "error" and self.faults.append(f"console: {line.text}"),
        )
        page.on("request", self._is_ours)

    def _is_ours(self, request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.faults.append(f"left the origin: {request.url}")

    def _answer(self, route) -> None:
        request, place = route.request, urlsplit(route.request.url)
        kept = {name: request.headers.get(name, "") for name in HEADERS}
        path = f"{place.path}?{place.query}"
        answer = self._here.copy().run(self.client.get, path, headers=kept)
        headers = dict(answer.headers)
        route.fulfill(status=answer.status_code, headers=headers, body=answer.getvalue())


def pages(world) -> dict[str, list[tuple[str, str]]]:
    """The address of every page, by the person who looks at it; the start page for everybody."""
    seen: dict[str, list[tuple[str, str]]] = {}
    for name, door in DOORS.items():
        if "GET" not in door.methods or NOTHING in door.ids.values():
            continue
        ids = {kwarg: getattr(world.get(row), "pk", row) for kwarg, row in door.ids.items()}
        people = [person for person in CAST if door.answer(person) == "in"]
        if door.anonymous == "in":
            people = ["anonymous"]
        for person in people if name == "home" else people[:1]:
            seen.setdefault(person, []).append((name, reverse(name, kwargs=ids)))
    return seen


def browser_of(request, person: str) -> Client:
    client = Client(raise_request_exception=False)
    if person != "anonymous":
        row = request.getfixturevalue(person)
        key = open_session(getattr(row, "user", row))
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


@pytest.fixture
def looked_at(browser, request, world, files):
    """Everything wrong with the pages in one language, and how many pages that were."""

    def look(language: str) -> tuple[dict[str, list[str]], int]:
        wrong: dict[str, list[str]] = {}
        count = 0
        for person, places in pages(world).items():
            narrow = person in (*RESIDENTS.split(), "anonymous")
            context = browser.new_context(viewport=PHONE if narrow else DESK)
            house = House(context, browser_of(request, person), files)
            page = context.new_page()
            house.watch(page)
            for name, path in places:
                house.client.cookies["django_language"] = language
                faults = faults_of(page, house, path)
                count += faults is not None
                if faults:
                    wrong[f"{person} {name}"] = faults
                house.faults.clear()
            context.close()
        return wrong, count

    return look


def faults_of(page, house: House, path: str) -> list[str] | None:
    """What is wrong with the page there; None when there is a file, a part or another address."""
    answer = house.client.get(path)
    is_page = answer.getvalue().lstrip().startswith(b"<!doctype")
    if answer.status_code in (301, 302) or not is_page:
        return None
    if answer.status_code >= 500:
        return [f"answered {answer.status_code}"]
    page.goto(house.address + path)
    told = f"the server responded with a status of {answer.status_code}"  # what the page is about
    faults = [fault for fault in house.faults if told not in fault]
    return [*barriers_in_each_size(page), *faults]


def barriers_in_each_size(page) -> list[str]:
    found = []
    for size in SIZES:
        page.evaluate(RESIZE, size)
        rules = LEVELS if size == SIZES[0] else OF_THE_SIZE
        found += [f"{size}: {one}" for one in barriers(page, rules)]
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_has_a_barrier_or_breaks_the_policy(looked_at, language):
    wrong, count = looked_at(language)
    assert wrong == {}, "\n".join(f"{page}: {faults}" for page, faults in wrong.items())
    assert count >= MANY
