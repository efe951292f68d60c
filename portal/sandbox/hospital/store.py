"""The hospital's own database: every version of every resource, and what each is found by."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from portal.sandbox.hospital import moments
from portal.sandbox.hospital.parameters import terms
from portal.sandbox.hospital.trouble import Switchboard
from portal.sandbox.vocabulary import Resource

SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
  kind TEXT, id TEXT, version TEXT NOT NULL, number INTEGER NOT NULL, updated TEXT NOT NULL,
  deleted INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resource_updated ON resource (kind, updated, id);
CREATE TABLE IF NOT EXISTS history (
  kind TEXT, id TEXT, number INTEGER, version TEXT NOT NULL, updated TEXT NOT NULL,
  deleted INTEGER NOT NULL, origin TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, id, number), UNIQUE (kind, id, version)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS history_origin ON history (origin, updated);
CREATE TABLE IF NOT EXISTS term (
  kind TEXT, id TEXT, name TEXT, value TEXT, extra TEXT, low TEXT, high TEXT);
CREATE INDEX IF NOT EXISTS term_value ON term (kind, name, value);
CREATE INDEX IF NOT EXISTS term_low ON term (kind, name, low);
CREATE INDEX IF NOT EXISTS term_owner ON term (kind, id);
CREATE TABLE IF NOT EXISTS booking (slot TEXT PRIMARY KEY, appointment TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("resource", "history", "term", "booking", "fact")


@dataclass(frozen=True, slots=True)
class Row:
    """One version of one resource."""

    kind: str
    id: str
    version: str
    updated: str
    deleted: bool
    body: Resource

    @property
    def reference(self) -> str:
        return f"{self.kind}/{self.id}"

    @property
    def etag(self) -> str:
        return f'W/"{self.version}"'


class Store:
    """One SQLite file; readers beside one writer, and the writer's lock decides races."""

    def __init__(self, file: Path, trouble: Switchboard) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self.trouble = trouble
        self._threads = threading.local()
        self._writer = threading.Lock()
        self.connection.executescript(f"PRAGMA journal_mode=WAL; {SCHEMA}")

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's own connection."""
        if not hasattr(self._threads, "connection"):
            connection = sqlite3.connect(self.file, timeout=20, isolation_level=None)
            connection.execute("PRAGMA synchronous=OFF")
            self._threads.connection = connection
        found: sqlite3.Connection = self._threads.connection
        return found

    def close(self) -> None:
        """Give this thread's connection back."""
        if hasattr(self._threads, "connection"):
            self._threads.connection.close()
            del self._threads.connection

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All of it or nothing; others wait, so what was read inside still holds at the end."""
        if self.connection.in_transaction:
            yield
            return
        # SQLite's own lock decides between processes; queueing here keeps its waiting short.
        with self._writer:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def get(self, kind: str, key: str) -> Row | None:
        found = self.connection.execute(
            "SELECT kind, id, version, updated, deleted, body FROM resource WHERE kind=? AND id=?",
            (kind, key),
        ).fetchone()
        return _row(found) if found else None

    def versions(self, kind: str, key: str) -> list[Row]:
        """Every version, the newest first."""
        found = self.connection.execute(
            "SELECT kind, id, version, updated, deleted, body FROM history"
            " WHERE kind=? AND id=? ORDER BY number DESC",
            (kind, key),
        )
        return [_row(one) for one in found]

    def select(self, tail: str, values: tuple[object, ...] | list[object]) -> list[Row]:
        """Current resources by the rest of a SELECT written in this package."""
        head = "SELECT r.kind, r.id, r.version, r.updated, r.deleted, r.body FROM resource r "
        return [_row(one) for one in self.connection.execute(head + tail, values)]

    def put(self, body: Resource, origin: str) -> Row:
        """A new resource or its next version; call inside `writing`."""
        kind, key = body["resourceType"], body["id"]
        kept = _without_version(body)
        row = self._add(kind, key, kept, origin, deleted=False)
        rows = [(kind, key, *term) for term in terms(kept)]
        self.connection.executemany("INSERT INTO term VALUES (?,?,?,?,?,?,?)", rows)
        return row

    def delete(self, kind: str, key: str, origin: str) -> Row:
        """The resource is gone, its history stays; call inside `writing`."""
        body = {"resourceType": kind, "id": key}
        return self._add(kind, key, body, origin, deleted=True)

    def _add(self, kind: str, key: str, body: Resource, origin: str, deleted: bool) -> Row:
        self.connection.execute("DELETE FROM term WHERE kind=? AND id=?", (kind, key))
        last = self.connection.execute(
            "SELECT number FROM resource WHERE kind=? AND id=?", (kind, key)
        ).fetchone()
        number = last[0] + 1 if last else 1
        version = uuid.uuid4().hex if self.trouble.state.uuid_versions else str(number)
        updated = moments.stamp(datetime.now(UTC))
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self.connection.execute(
            "INSERT OR REPLACE INTO resource VALUES (?,?,?,?,?,?,?)",
            (kind, key, version, number, updated, deleted, text),
        )
        self.connection.execute(
            "INSERT INTO history VALUES (?,?,?,?,?,?,?,?)",
            (kind, key, number, version, updated, deleted, origin, text),
        )
        return Row(kind, key, version, updated, deleted, body)

    def shown(self, row: Row) -> Resource:
        """The resource as it leaves the house, with version and time."""
        body = row.body
        meta = dict(body.get("meta") or {})
        meta |= {"versionId": row.version, "lastUpdated": self.time_of(row)}
        rest = {name: value for name, value in body.items() if name not in KEYS}
        return {"resourceType": row.kind, "id": row.id, "meta": meta, **rest}

    def time_of(self, row: Row) -> str:
        """The time of the version; a hospital with a coarse clock drops the fraction."""
        return row.updated[:19] + "Z" if self.trouble.state.whole_seconds else row.updated

    def clear(self) -> None:
        for table in TABLES:
            self.connection.execute(f"DELETE FROM {table}")

    def fact(self, key: str) -> str | None:
        found = self.connection.execute("SELECT value FROM fact WHERE key=?", (key,)).fetchone()
        return found[0] if found else None

    def remember(self, key: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO fact VALUES (?,?)", (key, value))


KEYS = ("resourceType", "id", "meta")


def _row(found: tuple[str, str, str, str, int, str]) -> Row:
    kind, key, version, updated, deleted, body = found
    return Row(kind, key, version, updated, bool(deleted), json.loads(body))


def _without_version(body: Resource) -> Resource:
    meta = {n: v for n, v in (body.get("meta") or {}).items() if n not in VERSION}
    return {n: v for n, v in body.items() if n != "meta"} | ({"meta": meta} if meta else {})


VERSION = ("versionId", "lastUpdated")
