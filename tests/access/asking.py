"""Going through a door, and what can be told from its answer."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.accounts.sessions import open_session
from tests.access.table import IN, LOGIN

TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")\w+|("X-CSRFToken"\W+)\w+')


def address(name, ids, world, *, invented=False):
    """The URL of a door on a row of the world, or on one that does not exist."""
    chosen = {}
    for kwarg, what in ids.items():
        row = world.get(what) if isinstance(what, str) else None
        chosen[kwarg] = what if row is None else nobodys(row.pk) if invented else row.pk
    return reverse(name, kwargs=chosen), chosen


def nobodys(key):
    """An id of the same shape that no row has."""
    return 2**40 if isinstance(key, int) else uuid.uuid4()


def ask(client, method, url, door, world):
    """Go through the door, with the rows that its form names."""
    sent = {name: str(world[row].pk) for name, row in door.sent.items()}
    form = {"content_type": "application/x-www-form-urlencoded"} if sent else {}
    return client.generic(method, url, urlencode(sent), **form)


def answer_of(response):
    where = response.headers.get("Location", "")
    if response.status_code == 302 and where.startswith("/accounts/login/?next="):
        return LOGIN
    if response.status_code in {401, 403, 404}:
        return str(response.status_code)
    return IN if response.status_code < 500 else f"error {response.status_code}"


def client_of(person, **browser):
    """A browser in which this person has signed in."""
    client = Client(raise_request_exception=False, **browser)
    key = open_session(getattr(person, "user", person))
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def seen(response, ids):
    """What a stranger can tell: status, headers and body, the asked id itself aside."""
    body = TOKEN.sub(b"", response.content)
    body = body.replace(response.request["PATH_INFO"].encode(), b"PATH")
    for chosen in ids.values():
        if isinstance(chosen, uuid.UUID):  # a small number stands everywhere
            body = body.replace(str(chosen).encode(), b"ID")
    headers = {k: v for k, v in response.headers.items() if k != "Content-Length"}
    return response.status_code, headers, body
