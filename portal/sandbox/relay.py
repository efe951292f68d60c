"""A telephone exchange of the invented world: lends numbers, and connects who may be connected."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS relay (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, caller TEXT NOT NULL, callee TEXT NOT NULL,
  until TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS call (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, caller TEXT NOT NULL, dialled TEXT NOT NULL,
  rang TEXT NOT NULL);
"""
FIRST = 17_000_000_000  # lent numbers look like Chinese mobile ones, and are none
NUMBER = re.compile(r"\+?[0-9]{3,20}")
MOST_SHOWN = 50


class BadPair(ValueError):
    """The exchange cannot connect these; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Lent:
    """One number, between whom, until when."""

    number: str
    caller: str
    callee: str
    until: str
    ended: str

    @property
    def is_live(self) -> bool:
        return not self.ended and datetime.fromisoformat(self.until) > datetime.now(UTC)

    @property
    def shown(self) -> dict[str, Any]:
        return {**asdict(self), "is_live": self.is_live}


class Exchange:
    """Numbers and calls in the telephone's own database."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self.connect = connect
        connect().executescript(SCHEMA)

    def lend(self, key: str, given: Any) -> Lent:
        """The number of this key; the same pair asked again gets the same number."""
        caller, callee, until = _checked(given)
        self.connect().execute(
            "INSERT INTO relay (key, caller, callee, until) VALUES (?,?,?,?)"
            " ON CONFLICT DO NOTHING",
            (key, caller, callee, until),
        )
        lent = self._select("WHERE key=?", (key,))[0]
        if (lent.caller, lent.callee) != (caller, callee):
            raise BadPair("This key connects two others.")
        return lent

    def take_back(self, key: str) -> None:
        self.connect().execute("UPDATE relay SET ended=? WHERE key=? AND ended=''", (_now(), key))

    def lent(self) -> list[Lent]:
        """The newest first."""
        return self._select(f"ORDER BY id DESC LIMIT {MOST_SHOWN}", ())

    def dial(self, caller: str, dialled: str) -> str:
        """Whose telephone rings, showing the lent number; nobody's when it is not in service."""
        ends = [one for one in self.lent() if one.number == dialled and one.is_live]
        rang = next((_other(one, caller) for one in ends), "")
        self.connect().execute(
            "INSERT INTO call (at, caller, dialled, rang) VALUES (?,?,?,?)",
            (_now(), caller, dialled, rang),
        )
        return rang

    def calls(self) -> list[tuple[str, str, str, str]]:
        """When, who, dialled what, and whose telephone rang."""
        return self.connect().execute(
            f"SELECT at, caller, dialled, rang FROM call ORDER BY id DESC LIMIT {MOST_SHOWN}"
        ).fetchall()  # fmt: skip

    def _select(self, tail: str, values: tuple[str, ...]) -> list[Lent]:
        found = self.connect().execute(
            f"SELECT id, caller, callee, until, ended FROM relay {tail}", values
        )  # fmt: skip
        return [Lent(f"+86{FIRST + row[0]}", *row[1:]) for row in found]


def _other(lent: Lent, caller: str) -> str:
    return {lent.caller: lent.callee, lent.callee: lent.caller}.get(caller, "")


def _checked(given: Any) -> tuple[str, str, str]:
    if not isinstance(given, dict) or set(given) != {"from", "to", "until"}:
        raise BadPair("A relay has from, to and until, nothing else.")
    caller, callee, until = given["from"], given["to"], given["until"]
    for number in (caller, callee):
        if not isinstance(number, str) or not NUMBER.fullmatch(number):
            raise BadPair("from and to are telephone numbers.")
    try:
        moment = datetime.fromisoformat(until)
    except (TypeError, ValueError) as error:
        raise BadPair("until is a moment.") from error
    if moment.tzinfo is None:
        raise BadPair("until says its time zone.")
    return caller, callee, until


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
