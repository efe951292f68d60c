"""The cashier tells the portal: signed, repeated until heard, doubled or turned round on demand."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from urllib.parse import urlsplit

from portal.sandbox.cashier.store import Store

LONGEST_WAIT = 30.0
MOST_TRIES = 12
DUE = "select seq, event, tries from delivery where done = 0 and due <= ? order by seq"


class Messenger(threading.Thread):
    """One thread that sends what is due."""

    def __init__(self, store: Store, url: str, secret: str) -> None:
        super().__init__(daemon=True, name="webhooks")
        self.store, self.url, self.secret = store, urlsplit(url), secret
        self.wake, self.ended = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            self.send_due()
            self.wake.wait(0.5)
            self.wake.clear()

    def stop(self) -> None:
        self.ended.set()
        self.wake.set()

    def send_due(self) -> None:
        switches = self.store.switches()
        if switches["webhooks_off"]:
            return
        due = self.store.rows(DUE, time.time())
        for seq, event, tries in reversed(due) if switches["reorder"] else due:
            heard = self._send(event)
            wait = min(LONGEST_WAIT, 0.5 * 2**tries)
            self.store.rows(
                "update delivery set done = ?, tries = tries + 1, due = ? where seq = ?",
                int(heard or tries + 1 >= MOST_TRIES),
                time.time() + wait,
                seq,
            )

    def _send(self, event: str) -> bool:
        body = json.dumps(self.store.get(event)).encode()
        signature = sign(body, self.secret, int(time.time()))
        connection = http.client.HTTPConnection(self.url.hostname or "", self.url.port, timeout=5)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        try:
            connection.request("POST", self.url.path, body, headers)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False  # the portal is not there now: told again later
        finally:
            connection.close()


def sign(body: bytes, secret: str, stamp: int) -> str:
    """Stripe's signature header, scheme v1."""
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return f"t={stamp},v1={digest.hexdigest()}"
