"""What is too large is refused before anything of it is read, with a page and a sentence."""

from __future__ import annotations

import uuid

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.urls import reverse

from portal.asgi import application
from portal.uploads import MEGABYTE, USUAL, BodyLimit, largest

SAY = f"/consult/encounters/{uuid.uuid4()}/say/"


def scope(path, *headers, method="POST"):
    return {
        "type": "http", "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "server": ("testserver", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"testserver"), *headers],
    }  # fmt: skip


async def asked(app, scope, *chunks):
    """Send the request in these chunks; status, headers and body of the answer."""
    line = ApplicationCommunicator(app, scope)
    for place, chunk in enumerate(chunks, start=1):
        more = place < len(chunks)
        await line.send_input({"type": "http.request", "body": chunk, "more_body": more})
    start = await line.receive_output(10)
    body = b""
    while True:
        part = await line.receive_output(10)
        body += part.get("body", b"")
        if not part.get("more_body"):
            await line.wait(10)
            return start["status"], dict(start["headers"]), body


class Inner:
    """An application that reads everything, as Django does."""

    def __init__(self):
        self.read, self.paths = 0, []

    async def __call__(self, scope, receive, send):
        self.paths.append(scope["path"])
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.read += len(message["body"])
            more = message["more_body"]
        status = 413 if scope["path"] == "/too-large/" else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def told(app, scope, *chunks):
    return async_to_sync(asked)(app, scope, *chunks)


def test_an_announced_length_is_refused_before_a_byte_is_read():
    inner = Inner()
    length = str(USUAL + 1).encode()
    assert told(BodyLimit(inner), scope("/preferences/", (b"content-length", length)))[0] == 413
    assert inner.paths == ["/too-large/"] and inner.read == 0


def test_a_body_that_comes_in_pieces_is_cut_when_it_is_too_much():
    inner = Inner()
    answer = told(BodyLimit(inner), scope("/preferences/"), *[b"x" * MEGABYTE] * 4)
    assert answer[0] == 413
    assert inner.read <= USUAL


def test_a_door_for_pictures_takes_more_and_no_more_than_it_says():
    assert largest("/preferences/") == largest("/nowhere/") == USUAL
    assert largest(reverse("consult:paper")) == 13 * MEGABYTE
    assert largest(SAY) == 73 * MEGABYTE
    length = str(13 * MEGABYTE).encode()
    path = reverse("consult:paper")
    assert told(BodyLimit(Inner()), scope(path, (b"content-length", length)), b"")[0] == 200


@pytest.mark.parametrize("length", [b"-1", b"x", b"9" * 40, b"\xff"])
def test_a_senseless_length_is_left_to_django(length):
    assert told(BodyLimit(Inner()), scope("/help/", (b"content-length", length)), b"")[0] == 200


@pytest.mark.django_db(transaction=True)
def test_the_page_is_the_portals_own_in_the_readers_language():
    length = (b"content-length", b"99999999")
    status, headers, body = told(
        application, scope("/preferences/", length, (b"accept-language", b"zh-hans"))
    )
    assert status == 413
    assert b'lang="zh-hans"' in body and b"tel:120" in body
    assert b"Content-Security-Policy" in headers


@pytest.mark.django_db(transaction=True)
def test_a_script_is_told_in_json():
    length = (b"content-length", b"99999999999")
    status, _headers, body = told(application, scope(SAY, length, (b"accept", b"application/json")))
    assert status == 413 and b'"too_large"' in body


@pytest.mark.django_db(transaction=True)
def test_django_too_lets_go_of_a_body_that_is_cut():
    status, _headers, body = told(application, scope("/preferences/"), *[b"x" * MEGABYTE] * 4)
    assert status == 413 and b"too large" in body
