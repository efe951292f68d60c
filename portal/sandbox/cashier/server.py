"""The invented cashier over HTTP: Stripe's API under /v1/, its own payment page under /pay/."""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from portal.sandbox.cashier import page
from portal.sandbox.cashier.forms import error, listing, nested
from portal.sandbox.cashier.hooks import Messenger
from portal.sandbox.cashier.store import Store
from portal.sandbox.cashier.till import No, Till
from portal.sandbox.serving import Answer, Request, Server, said, told

BIGGEST = 64 * 1024
SAME_KEY = "Keys for idempotent requests can only be used with the same parameters."
KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "refunds": "refund",
    "events": "event",
}


class Cashier(Server):
    """Amounts, answers and switches in one SQLite file; news by a thread of its own."""

    def __init__(self, port: int, folder: Path, webhook: str, secret: str) -> None:
        super().__init__(port, self._answer)
        self.store = Store(folder)
        self.till = Till(self.store, f"http://127.0.0.1:{self.port}")
        self.messenger = Messenger(self.store, webhook, secret)

    def _answer(self, request: Request) -> Answer:
        if len(request.body) > BIGGEST:
            return said(413, "Too large.")
        if request.path.startswith("/v1/"):
            return self._api(request, request.path[4:].strip("/"))
        if request.path == "/_sandbox/trouble":
            return self._trouble(request)
        body = request.body.decode("utf-8", "replace")
        status, text, location = page.answer(self, request.method, request.path, body)
        headers = {"Location": location} if location else {}
        return Answer(status, text.encode(), "text/html; charset=utf-8", headers)

    def _trouble(self, request: Request) -> Answer:
        if request.method == "POST":
            self.store.turn(json.loads(request.body or b"{}"))
            self.messenger.wake.set()
        return told(200, self.store.switches())

    def _api(self, request: Request, path: str) -> Answer:
        switches = self.store.switches()
        time.sleep(switches["delay_ms"] / 1000)  # the switch asks for a slow cashier
        if switches["down"]:
            return told(503, {"error": {"type": "api_error", "message": "down"}})
        if not request.header("authorization").startswith(("Bearer sk_", "Bearer rk_")):
            return told(401, error(No("You did not provide an API key.")))
        status, body = self._once(request, path)
        self.messenger.wake.set()
        if switches["lose_answer"] and request.method == "POST":
            return Answer(0, cut=True)
        return told(status, body)

    def _once(self, request: Request, path: str) -> tuple[int, Any]:
        """An idempotency key gets its first answer again; another body with it is refused."""
        key = request.header("idempotency-key") if request.method == "POST" else ""
        digest = hashlib.sha256(path.encode() + b" " + request.body).hexdigest()
        with self.store.transaction():
            known = self.store.rows("select * from answer where key = ?", key)
            if known and known[0][1] != digest:
                return 400, error(No(SAME_KEY), "idempotency_error")
            if known:
                return known[0][2], json.loads(known[0][3])
            status, body = self._carry_out(request, path)
            if key:
                values = (key, digest, status, json.dumps(body))
                self.store.rows("insert into answer values (?, ?, ?, ?)", *values)
        return status, body

    def _carry_out(self, request: Request, path: str) -> tuple[int, Any]:
        try:
            if request.method == "POST":
                return 200, self._write(path, nested(request.body.decode("utf-8", "replace")))
            return 200, self._read(path, dict(parse_qsl(request.query)))
        except No as refusal:
            return refusal.status, error(refusal)

    def _write(self, path: str, form: dict[str, Any]) -> Any:
        if path == "checkout/sessions":
            return self.till.open(form)
        if found := re.fullmatch(r"checkout/sessions/(\w+)/expire", path):
            return self.till.expire(found[1])
        if path == "refunds":
            return self.till.refund(form)
        raise No(f"Unrecognized request URL (POST: /v1/{path[:60]}).", "", 404)

    def _read(self, path: str, query: dict[str, str]) -> Any:
        if path in KINDS:
            return listing(self.store.newest(KINDS[path]), query, f"/v1/{path}")
        if found := re.fullmatch(r"checkout/sessions/(\w+)", path):
            return self.till.session(found[1])
        thing = self.store.get(path.rpartition("/")[2])
        if thing is None:
            raise No(f"Unrecognized request URL (GET: /v1/{path[:60]}).", "", 404)
        return thing
