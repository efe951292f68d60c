"""A small HTTP server of its own process: loopback only, bounded, gone when its parent is gone."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

ADDRESS = "127.0.0.1"
LARGEST_BODY = 8 * 1024 * 1024
TAKEN = (errno.EADDRINUSE, errno.EACCES)


class PortTaken(Exception):
    """Somebody else listens there already."""


@dataclass(frozen=True, slots=True)
class Request:
    """What came in, read to its end."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    base: str

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    @property
    def is_form(self) -> bool:
        return self.header("content-type").startswith("application/x-www-form-urlencoded")


@dataclass(slots=True)
class Answer:
    """What goes out. `cut` closes the connection instead; `trickle_s` lets the body drip."""

    status: int
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    trickle_s: float = 0.0


Respond = Callable[[Request], Answer]
Refuse = Callable[[int, str], Answer]


def said(status: int, sentence: str) -> Answer:
    return Answer(status, sentence.encode())


def told(status: int, value: Any) -> Answer:
    """JSON for programs."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), "application/json")


class Server(ThreadingHTTPServer):
    """Answers with one function; `leave` runs at the end of every connection's thread."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self,
        port: int,
        respond: Respond,
        refuse: Refuse = said,
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        self.respond = respond
        self.refuse = refuse
        self.leave = leave
        try:
            super().__init__((ADDRESS, port), Handler)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
            raise PortTaken(f"Port {port} is taken by another program.") from error

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def own_hosts(self) -> set[str]:
        return {f"{name}:{self.port}" for name in (ADDRESS, "localhost")}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no event; anything else is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 65

    def do_GET(self) -> None:
        request = self._read()
        answer = request if isinstance(request, Answer) else self._respond(request)
        self._send(answer)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def finish(self) -> None:
        super().finish()
        self.server.leave()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is not even HTTP is refused in the same words as everything else."""
        self.request_version = self.request_version or "HTTP/1.1"
        self.command = self.command or "GET"
        self._send(self._refuse(int(code), message or "This cannot be read."))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses may hold identifiers."""

    def _read(self) -> Request | Answer:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            return self._refuse(411, "Send a Content-Length.")
        if len(length) > 12 or int(length) > LARGEST_BODY:
            return self._refuse(413, f"At most {LARGEST_BODY} bytes.")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return self._refuse(400, "The body ended early.")
        host = self.headers.get("Host", "")
        if host not in self.server.own_hosts:
            return self.server.refuse(421, "This sandbox answers on 127.0.0.1 and localhost only.")
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, parts.path, parts.query, headers, body, f"http://{host}")

    def _refuse(self, status: int, sentence: str) -> Answer:
        self.close_connection = True
        return self.server.refuse(status, sentence)

    def _respond(self, request: Request) -> Answer:
        origin = request.header("origin")
        if request.method != "GET" and origin and origin != request.base:
            return self.server.refuse(403, "Only the sandbox's own pages may send this.")
        try:
            return self.server.respond(request)
        except Exception:
            traceback.print_exc()
            return self.server.refuse(500, "The sandbox has a fault; its log says where.")

    def _send(self, answer: Answer) -> None:
        if answer.cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in answer.headers.items():
            self.send_header(name, value.translate({10: " ", 13: " "}))
        self.end_headers()
        if self.command != "HEAD":
            self._write(answer)
        self.wfile.flush()

    def _write(self, answer: Answer) -> None:
        if not answer.trickle_s:
            self.wfile.write(answer.body)
            return
        step = max(1, len(answer.body) // 20)
        for start in range(0, len(answer.body), step):
            self.wfile.write(answer.body[start : start + step])
            self.wfile.flush()
            time.sleep(answer.trickle_s * step / len(answer.body))


def run(server: Server, parent: int | None) -> None:
    """Serve until interrupted; with a parent, until the parent is gone."""
    if parent:
        threading.Thread(target=_outlive, args=(parent,), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with server:
        server.serve_forever(poll_interval=0.2)


def _outlive(parent: int) -> None:
    """End this process at once when the parent is dead, also when it is not yet buried."""
    child = os.getppid() == parent
    while _alive(parent) and (not child or os.getppid() == parent):
        time.sleep(0.3)
    os._exit(0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
