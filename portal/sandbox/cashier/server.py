"""The invented cashier over HTTP: Stripe's API under /v1/, its own payment page under /pay/."""

from __future__ import annotations

import hashlib
import json
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from portal.sandbox.cashier import page
from portal.sandbox.cashier.forms import error, listing, nested
from portal.sandbox.cashier.hooks import Messenger
from portal.sandbox.cashier.store import Store
from portal.sandbox.cashier.till import No, Till

BIGGEST = 64 * 1024
SAME_KEY = "Keys for idempotent requests can only be used with the same parameters."
KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "refunds": "refund",
    "events": "event",
}


class Cashier(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, folder: Path, webhook: str, secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store = Store(folder)
        self.till = Till(self.store, f"http://127.0.0.1:{self.server_port}")
        self.messenger = Messenger(self.store, webhook, secret)


class Handler(BaseHTTPRequestHandler):
    server: Cashier
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the page shows what happened."""

    def _answer(self, method: str) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > BIGGEST:
            self.close_connection = True
            return self._json(413, {"error": {"message": "too large"}})
        self.body = self.rfile.read(size).decode("utf-8", "replace")
        path = urlsplit(self.path)
        if path.path.startswith("/v1/"):
            return self._api(method, path.path[4:].strip("/"), dict(parse_qsl(path.query)))
        if path.path == "/_sandbox/trouble":
            return self._trouble(method)
        status, body, location = page.answer(self.server, method, path.path, self.body)
        return self._send(status, "text/html; charset=utf-8", body.encode(), location)

    def _trouble(self, method: str) -> None:
        if method == "POST":
            self.server.store.turn(json.loads(self.body or "{}"))
            self.server.messenger.wake.set()
        self._json(200, self.server.store.switches())

    def _api(self, method: str, path: str, query: dict[str, str]) -> None:
        switches = self.server.store.switches()
        time.sleep(switches["delay_ms"] / 1000)  # the switch asks for a slow cashier
        if switches["down"]:
            return self._json(503, {"error": {"type": "api_error", "message": "down"}})
        if not self.headers.get("Authorization", "").startswith(("Bearer sk_", "Bearer rk_")):
            return self._json(401, error(No("You did not provide an API key.")))
        status, body = self._once(method, path, query)
        self.server.messenger.wake.set()
        if switches["lose_answer"] and method == "POST":
            self.close_connection = True
            return None
        return self._json(status, body)

    def _once(self, method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        """An idempotency key gets its first answer again; another body with it is refused."""
        key = self.headers.get("Idempotency-Key") if method == "POST" else None
        request = hashlib.sha256(f"{path} {self.body}".encode()).hexdigest()
        with self.server.store.transaction():
            known = self.server.store.rows("select * from answer where key = ?", key)
            if known and known[0][1] != request:
                return 400, error(No(SAME_KEY), "idempotency_error")
            if known:
                return known[0][2], json.loads(known[0][3])
            status, body = self._carry_out(method, path, query)
            if key:
                values = (key, request, status, json.dumps(body))
                self.server.store.rows("insert into answer values (?, ?, ?, ?)", *values)
        return status, body

    def _carry_out(self, method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        try:
            return 200, self._route(method, path, query)
        except No as refusal:
            return refusal.status, error(refusal)

    def _route(self, method: str, path: str, query: dict[str, str]) -> Any:
        till, form = self.server.till, nested(self.body)
        if method == "POST" and path == "checkout/sessions":
            return till.open(form)
        if method == "POST" and (found := re.fullmatch(r"checkout/sessions/(\w+)/expire", path)):
            return till.expire(found[1])
        if method == "POST" and path == "refunds":
            return till.refund(form)
        if method == "GET" and path in KINDS:
            return listing(self.server.store.newest(KINDS[path]), query, f"/v1/{path}")
        if method == "GET" and (found := re.fullmatch(r"checkout/sessions/(\w+)", path)):
            return till.session(found[1])
        thing = self.server.store.get(path.rpartition("/")[2]) if method == "GET" else None
        if thing is None:
            raise No(f"Unrecognized request URL ({method}: /v1/{path[:60]}).", "", 404)
        return thing

    def _json(self, status: int, body: Any) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)
