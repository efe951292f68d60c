"""A body that is too large is answered while it comes, by the server that users run."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys

import pytest

from portal.uploads import MEGABYTE, USUAL

START = """
import socket, sys
from portal.embedded import serving
listener = serving.listen(0)
print(listener.getsockname()[1], flush=True)
serving.web(listener.fileno())
"""
FORM = "Content-Type: application/x-www-form-urlencoded"
PARTS = "Content-Type: multipart/form-data; boundary=x"
PIECES = "Transfer-Encoding: chunked"
AFTER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def port():
    """A web process of its own; no page here asks a database."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "ALLOWED_HOSTS": "127.0.0.1"}
    with subprocess.Popen(
        [sys.executable, "-c", START], env=kept | settings, stdout=subprocess.PIPE, text=True
    ) as server:
        yield int(server.stdout.readline())
        server.terminate()


class Line:
    """A line to the server, without a browser."""

    def __init__(self, port, *headers):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        head = ["POST /preferences/ HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html", *headers]
        self.socket.sendall("\r\n".join([*head, "", ""]).encode())

    def send(self, data):
        self.socket.sendall(data)

    def send_pieces(self, size, count):
        """Chunks of a body whose end is never said."""
        for _ in range(count):
            self.send(f"{size:x}\r\n".encode() + b"y" * size + b"\r\n")

    def answer(self):
        """Everything that the server says until it ends the line."""
        found = b""
        while part := self.socket.recv(65536):
            found += part
        return found


@pytest.fixture
def line(port):
    """Lines to the server; each is closed, also where a test is red."""
    with contextlib.ExitStack() as open_ones:

        def opened(*headers):
            one = Line(port, *headers)
            open_ones.callback(one.socket.close)
            return one

        yield opened


def is_our_page(answer):
    head = answer.split(b"\r\n", 1)[0]
    return head == b"HTTP/1.1 413 Request Entity Too Large" and b"too large. Nothing was" in answer


def test_what_is_announced_as_too_large_is_answered_before_it_is_sent(line):
    asking = line(FORM, f"Content-Length: {80 * MEGABYTE}")
    assert is_our_page(asking.answer())


def test_a_broken_form_of_eighty_megabytes_is_sent_to_its_end_and_answered(line):
    asking = line(PARTS, f"Content-Length: {80 * MEGABYTE}")
    for _ in range(80):
        asking.send(b"y" * MEGABYTE)
    assert is_our_page(asking.answer())


def test_a_body_without_a_length_is_answered_when_it_has_become_too_much(line):
    asking = line(FORM, PIECES)
    asking.send_pieces(65_536, USUAL // 65_536 + 1)
    assert is_our_page(asking.answer())


def test_nothing_behind_a_refused_body_is_a_request(line):
    asking = line(PARTS, f"Content-Length: {USUAL + 1}")
    asking.send(b"y" * (USUAL + 1) + AFTER)
    answer = asking.answer()
    assert is_our_page(answer) and answer.count(b"HTTP/1.1 ") == 1


def test_a_client_that_asks_first_is_told_no_and_not_to_go_on(line):
    asking = line(FORM, f"Content-Length: {80 * MEGABYTE}", "Expect: 100-continue")
    answer = asking.answer()
    assert is_our_page(answer) and b"100 Continue" not in answer


def test_a_broken_small_form_is_told_so_by_our_own_page(line):
    cookie = f"Cookie: csrftoken={'a' * 32}"  # with none, the form is not read at all
    whole = "Content-Type: multipart/form-data"
    asking = line(whole, cookie, "Content-Length: 3", "Connection: close")
    asking.send(b"abc")
    answer = asking.answer()
    assert answer.startswith(b"HTTP/1.1 400 ") and b"tel:120" in answer


@pytest.mark.parametrize("length", ["Content-Length: 16", PIECES])
def test_a_small_form_goes_its_way(line, length):
    asking = line(FORM, length, "Connection: close")
    asking.send(b"text_size=30&n=1" if "16" in length else b"10\r\ntext_size=30&n=1\r\n0\r\n\r\n")
    assert asking.answer().startswith(b"HTTP/1.1 403 ")  # read, and asked for its token


def test_a_form_in_many_small_pieces_and_the_next_request_on_the_same_line(line):
    asking = line(FORM, PIECES)
    asking.send(b"4\r\na=bc\r\n" * 50 + b"0\r\n\r\n")
    asking.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    answer = asking.answer()
    assert answer.count(b"HTTP/1.1 ") == 2 and b"HTTP/1.1 200 " in answer
