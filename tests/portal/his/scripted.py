"""A HIS that does exactly what the test says, however bad: a plain HTTP server with a script.

It shares nothing with the sandbox, so that what passes here leans on none of its habits.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FHIR = "application/fhir+json; charset=utf-8"


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None

    def one(self, name: str) -> str:
        return (self.query.get(name) or [""])[0]


@dataclass
class Reply:
    """One answer; `raw` writes to the connection itself."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = FHIR
    raw: Callable[[Any], None] | None = None


class Scripted(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Asked] = []
        self.script: list[tuple[str, str, Any]] = []
        self.stopping = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hospital/r4"

    def on(self, method: str, path: str, *answers: Any) -> None:
        """Answer a request whose path matches; several answers in turn, the last for ever.

        An answer is a resource, a Reply, or a function of Asked that gives one of them.
        The newest rule wins.
        """
        self.script.insert(0, (method, path, list(answers)))

    def asked_for(self, method: str, path: str) -> list[Asked]:
        return [one for one in self.asked if one.method == method and re.search(path, one.path)]

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is a thing of the test, not an error."""


class _Handler(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"
    timeout = 10
    disable_nagle_algorithm = True

    def do_any(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        text = self.rfile.read(length).decode()
        form = "urlencoded" in self.headers.get("content-type", "")
        query = parse_qs(text if form else parts.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, query, headers, "" if form else text)
        self.server.asked.append(asked)
        self._send(self._answer(asked))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any

    def _answer(self, asked: Asked) -> Reply:
        for method, path, answers in self.server.script:
            if method == asked.method and re.search(path, asked.path):
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                answer = answer(asked) if callable(answer) else answer
                return answer if isinstance(answer, Reply) else Reply(body=answer)
        return Reply(404, outcome("not-found"))

    def _send(self, reply: Reply) -> None:
        if reply.raw is not None:
            reply.raw(self)
            self.close_connection = True
            return
        body = reply.body
        content = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        self.send_response_only(reply.status)
        for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def outcome(code: str, *places: str) -> dict[str, Any]:
    issue = {"severity": "error", "code": code, "diagnostics": "Chen Guilan, 310101195503081234"}
    if places:
        issue["expression"] = list(places)
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def bundle(*resources: dict[str, Any], next_url: str = "", **facts: Any) -> dict[str, Any]:
    page: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", **facts}
    page["entry"] = [{"resource": item, "search": {"mode": "match"}} for item in resources]
    if next_url:
        page["link"] = [{"relation": "next", "url": next_url}]
    return page


def silence(seconds: float) -> Reply:
    """Accept, read, and say nothing for a while."""

    def raw(handler: Any) -> None:
        handler.server.stopping.wait(seconds)

    return Reply(raw=raw)


def trickle(every: float, *, headers_too: bool = False) -> Reply:
    """A byte now and then: each read is quick, the whole never ends."""

    def raw(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if not headers_too:
            handler.wfile.write(b"Content-Type: application/fhir+json\r\n\r\n")
        for _turn in range(400):
            if handler.server.stopping.wait(every):
                return
            handler.wfile.write(b"X: y\r\n" if headers_too else b" ")
            handler.wfile.flush()

    return Reply(raw=raw)


def hang_up() -> Reply:
    """Close the connection after the request was read."""
    return Reply(raw=lambda handler: None)


LOGIN = Reply(200, b"<html><form>Sign in</form></html>", kind="text/html")
