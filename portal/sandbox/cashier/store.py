"""What the invented cashier remembers: objects, answers given, events to send, switches."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TABLES = """
create table if not exists thing (
    seq integer primary key autoincrement, id text unique, kind text, body text);
create table if not exists answer (key text primary key, request text, status int, body text);
create table if not exists switch (name text primary key, value text);
create table if not exists delivery (
    seq integer primary key autoincrement, event text, tries int default 0, due real,
    done int default 0);
"""

SWITCHES: dict[str, Any] = {
    "down": False,  # every call answers 503
    "delay_ms": 0,  # before every answer
    "lose_answer": False,  # the call is carried out, the connection cut
    "duplicate": False,  # every event is sent twice
    "reorder": False,  # events are sent newest first
    "webhooks_off": False,  # events are kept and not sent
    "refunds_pending": False,  # refunds wait for the button on the page
}


class Store:
    """One SQLite file, one writer at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.connection = sqlite3.connect(folder / "cashier.sqlite3", check_same_thread=False)
        self.connection.isolation_level = None
        self.connection.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock:
            self.connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self.connection.execute("rollback")
                raise
            self.connection.execute("commit")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.lock:
            return self.connection.execute(sql, values).fetchall()

    def save(self, thing: dict[str, Any]) -> dict[str, Any]:
        self.rows(
            "insert into thing (id, kind, body) values (?, ?, ?)"
            " on conflict (id) do update set body = excluded.body",
            thing["id"],
            thing["object"],
            json.dumps(thing),
        )
        return thing

    def get(self, ref: str) -> dict[str, Any] | None:
        found = self.rows("select body from thing where id = ?", ref)
        return json.loads(found[0][0]) if found else None

    def newest(self, kind: str) -> list[dict[str, Any]]:
        """Newest first, as Stripe lists."""
        found = self.rows("select body from thing where kind = ? order by seq desc", kind)
        return [json.loads(body) for (body,) in found]

    def switches(self) -> dict[str, Any]:
        saved = {name: json.loads(value) for name, value in self.rows("select * from switch")}
        return SWITCHES | saved

    def turn(self, changes: dict[str, Any]) -> None:
        for name in changes.keys() & SWITCHES.keys():
            self.rows("replace into switch values (?, ?)", name, json.dumps(changes[name]))
