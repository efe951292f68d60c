"""An SMS gateway that delivers to a page: every telephone of the invented world on one shelf."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.sandbox import relay, showing
from portal.sandbox.serving import Answer, Request, Server, said, told

SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, number TEXT NOT NULL, text TEXT NOT NULL,
  sent TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_number ON message (number, id);
"""
NUMBER = re.compile(r"\+?[0-9]{3,20}")
LONGEST = 2000
MOST_SHOWN = 100
FIELDS = {"to", "text", "key"}


class BadMessage(ValueError):
    """The message cannot be delivered as it stands; the sentence says why."""


class KeyUsed(ValueError):
    """The key belongs to another message already."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text as it lies on a telephone."""

    id: int
    key: str
    to: str
    text: str
    sent: str

    @property
    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "key": self.key, "to": self.to, "text": self.text, "sent": self.sent}

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.sent)


@dataclass(slots=True)
class Trouble:
    """What is wrong with the gateway right now."""

    down: bool = False
    latency_ms: int = 0


class Telephone:
    """The gateway with its own database."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.file = data / "telephone.sqlite3"
        self.trouble = Trouble()
        self._threads = threading.local()
        self.connection.executescript(SCHEMA)
        self.exchange = relay.Exchange(lambda: self.connection)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's own connection."""
        if not hasattr(self._threads, "connection"):
            self._threads.connection = sqlite3.connect(self.file, timeout=20, isolation_level=None)
        found: sqlite3.Connection = self._threads.connection
        return found

    def close(self) -> None:
        if hasattr(self._threads, "connection"):
            self._threads.connection.close()
            del self._threads.connection

    def deliver(self, given: Any) -> tuple[Message, bool]:
        """The message and whether it is new; one key is one message, however often it is sent."""
        to, text, key = _checked(given)
        fresh = self.connection.execute(
            "INSERT INTO message (key, number, text, sent) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
            (key, to, text, datetime.now(UTC).isoformat(timespec="milliseconds")),
        ).rowcount
        message = self._select("WHERE key=?", (key,))[0]
        if (message.to, message.text) != (to, text):
            raise KeyUsed("This key belongs to another message.")
        return message, bool(fresh)

    def messages(self, number: str = "") -> list[Message]:
        """The newest first, of one telephone or of all."""
        where = "WHERE number=?" if number else "WHERE ''=?"
        return self._select(f"{where} ORDER BY id DESC LIMIT {MOST_SHOWN}", (number,))

    def numbers(self) -> list[tuple[str, int]]:
        """Every telephone that has ever rung, the latest first."""
        return self.connection.execute(
            "SELECT number, COUNT(*) FROM message GROUP BY number ORDER BY MAX(id) DESC LIMIT 500"
        ).fetchall()

    def reset(self) -> None:
        self.connection.execute("DELETE FROM message")

    def _select(self, tail: str, values: tuple[str, ...]) -> list[Message]:
        found = self.connection.execute(
            f"SELECT id, key, number, text, sent FROM message {tail}", values
        )
        return [Message(*row) for row in found]


def open_line(port: int, data: Path) -> Server:
    """A gateway behind a listening port."""
    telephone = Telephone(data)
    return Server(port, lambda request: respond(telephone, request), leave=telephone.close)


def respond(telephone: Telephone, request: Request) -> Answer:
    """A message in, messages out, or a page."""
    path = request.path.rstrip("/") or "/"
    if path == "/messages" and request.method in ("GET", "POST"):
        return _messages(telephone, request)
    if path == "/relays" or path.startswith("/relays/"):
        return _relays(telephone, request, path.removeprefix("/relays").strip("/"))
    if path == "/calls" and request.method == "POST":
        return _call(telephone, request)
    if path == "/_sandbox/trouble" and request.method in ("GET", "POST", "DELETE"):
        return _trouble(telephone, request)
    if path == "/_sandbox/reset" and request.method == "POST":
        telephone.reset()
        return showing.back(request, {}) if request.is_form else told(200, {"reset": True})
    if request.method not in ("GET", "HEAD"):
        return told(405, {"error": "This is not possible here."})
    if path == "/sandbox.css":
        return showing.style()
    if path == "/healthz":
        return said(200, "ok")
    if path == "/trouble":
        return showing.page(request, "telephone_trouble", trouble=telephone.trouble)
    return _page(telephone, request) if path == "/" else said(404, "There is no such page.")


def _messages(telephone: Telephone, request: Request) -> Answer:
    time.sleep(telephone.trouble.latency_ms / 1000)
    if telephone.trouble.down:
        return told(503, {"error": "The gateway is down."})
    if request.method == "GET":
        number = _number(showing.fields(request.query).get("to", ""))
        return told(200, [message.shown for message in telephone.messages(number)])
    try:
        message, fresh = telephone.deliver(_json(request))
    except BadMessage as error:
        return told(400, {"error": str(error)})
    except KeyUsed as error:
        return told(409, {"error": str(error)})
    return told(201 if fresh else 200, message.shown)


def _relays(telephone: Telephone, request: Request, key: str) -> Answer:
    """A number is lent by PUT, taken back by DELETE; the page shows them all."""
    if request.method in ("GET", "HEAD") and not key:
        return _lent(telephone, request)
    time.sleep(telephone.trouble.latency_ms / 1000)
    if telephone.trouble.down:
        return told(503, {"error": "The exchange is down."})
    if request.method == "DELETE" and key:
        telephone.exchange.take_back(key)
        return told(200, {"ended": True})
    if request.method != "PUT" or not 1 <= len(key) <= 100:
        return told(405, {"error": "This is not possible here."})
    try:
        return told(201, telephone.exchange.lend(key, _json(request)).shown)
    except (BadMessage, relay.BadPair) as error:
        return told(400, {"error": str(error)})


def _lent(telephone: Telephone, request: Request) -> Answer:
    exchange = telephone.exchange
    if "application/json" in request.header("accept"):
        return told(200, [one.shown for one in exchange.lent()])
    return showing.page(request, "relay", lent=exchange.lent(), calls=exchange.calls())


def _call(telephone: Telephone, request: Request) -> Answer:
    """Somebody dials: whose telephone rings, and which number it shows."""
    form = showing.fields(request.body.decode("latin-1") if request.is_form else request.query)
    caller, dialled = _number(form.get("from", "")), _number(form.get("to", ""))
    rang = telephone.exchange.dial(caller, dialled)
    if request.is_form:
        return showing.back(request, {}, "/relays")
    return told(200 if rang else 404, {"rang": rang, "shown": dialled if rang else ""})


def _page(telephone: Telephone, request: Request) -> Answer:
    number = _number(showing.fields(request.query).get("to", ""))
    return showing.page(
        request,
        "telephone",
        number=number,
        numbers=telephone.numbers(),
        messages=telephone.messages(number),
    )


def _trouble(telephone: Telephone, request: Request) -> Answer:
    trouble = telephone.trouble
    try:
        if request.method == "DELETE":
            telephone.trouble = trouble = Trouble()
        elif request.method == "POST":
            telephone.trouble = trouble = _switched(trouble, _wanted(request))
    except BadMessage as error:
        return told(400, {"error": str(error)})
    if request.method == "POST" and request.is_form:
        return showing.back(request, {}, "/trouble")
    return told(200, {"down": trouble.down, "latency_ms": trouble.latency_ms})


def _wanted(request: Request) -> Any:
    if not request.is_form:
        return _json(request)
    form = showing.fields(request.body.decode("latin-1"))
    latency = form.get("latency_ms", "")
    return {"down": "down" in form, "latency_ms": int(latency) if latency.isdecimal() else -1}


def _switched(now: Trouble, wanted: Any) -> Trouble:
    if not isinstance(wanted, dict) or not set(wanted) <= {"down", "latency_ms"}:
        raise BadMessage("The switches are down and latency_ms.")
    down, latency = wanted.get("down", now.down), wanted.get("latency_ms", now.latency_ms)
    if type(down) is not bool or type(latency) is not int or not 0 <= latency <= 60_000:
        raise BadMessage("down is true or false, latency_ms lies between 0 and 60000.")
    return Trouble(down, latency)


def _json(request: Request) -> Any:
    try:
        return json.loads(request.body.decode())
    except (ValueError, RecursionError) as error:
        raise BadMessage("The body is not JSON.") from error


def _checked(given: Any) -> tuple[str, str, str]:
    if not isinstance(given, dict) or set(given) != FIELDS:
        raise BadMessage("A message has to, text and key, nothing else.")
    to, text, key = given["to"], given["text"], given["key"]
    if not all(isinstance(value, str) for value in (to, text, key)):
        raise BadMessage("to, text and key are text.")
    to = _number(to)
    if not NUMBER.fullmatch(to):
        raise BadMessage("to is not a telephone number.")
    if not text.strip() or len(text) > LONGEST or not _printable(text):
        raise BadMessage(f"text has 1 to {LONGEST} printable characters.")
    if not 1 <= len(key) <= 100 or not key.isprintable():
        raise BadMessage("key has 1 to 100 printable characters.")
    return to, text, key


def _number(text: str) -> str:
    """Without blanks and hyphens; a plus that an address turned into a blank comes back."""
    blank = text.startswith(" ")
    return ("+" if blank else "") + re.sub(r"[\s\-()]", "", text)


def _printable(text: str) -> bool:
    """No control characters and no half letters."""
    return all(sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs") for sign in text)
