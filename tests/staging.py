"""What many tests begin with is built once a file, by the real deeds; later tests get its rows.

A packed parcel takes the deeds of four people and half a second; its rows go in with a few
statements. A test sees no difference: the stage is built by its fixtures, what they put into the
database is kept, and each later test of the file that asks for the same fixtures is given the
same rows, in a transaction of its own as ever. A test that commits builds its own stage.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models

from tests import emptying

STAGES = (  # the furthest first
    "parcel", "named", "bill", "dispense", "review", "prescription", "asked", "booked",
)  # fmt: skip
DATABASE = {"db", "transactional_db", "_django_db_helper"}
PLAIN = (int, str, Decimal, date)

Table = dict[tuple[Any, ...], None]
Content = dict[str, tuple[list[str], Table]]


@dataclass
class Stage:
    """What the fixtures of one stage have made: their rows, and what each of them answered."""

    rows: list[tuple[str, list[str], list[tuple[Any, ...]]]]
    answers: dict[str, Any]

    def stand(self) -> None:
        """Put the rows into the database of this test."""
        tables = [table for table, _columns, _rows in self.rows]
        with emptying.unlocked(*tables), connection.cursor() as cursor:
            for table, columns, rows in self.rows:
                names = ", ".join(f'"{name}"' for name in columns)
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)

    def answer(self, name: str) -> Any:
        kept = self.answers[name]
        if isinstance(kept, _Row):
            return kept.read()
        if isinstance(kept, _Rows):
            return [row.read() for row in kept.rows]
        return copy.deepcopy(kept)


@dataclass(frozen=True)
class _Row:
    model: type[models.Model]
    pk: Any

    @classmethod
    def of(cls, row: models.Model) -> _Row:
        return cls(type(row), row.pk)

    def read(self) -> models.Model:
        return self.model._base_manager.get(pk=self.pk)


@dataclass(frozen=True)
class _Rows:
    rows: list[_Row]


@dataclass
class _Needs:
    """Which stage a test needs, which fixtures make it, and how far that is."""

    file: str
    name: str
    parts: frozenset[str]
    stage: Stage | None = None
    before: Content | None = None
    has_begun: bool = False

    def begin(self) -> None:
        """Before its first part: an empty stage is looked at, one that was built before stands."""
        self.has_begun = True
        if (self.file, self.name) in _kept:
            self.stage = _kept[self.file, self.name]
            if self.stage is not None:
                self.stage.stand()
        else:
            self.before = _content()

    def keep(self, ask: Any) -> None:
        """After its last part."""
        for file, name in list(_kept):
            if file != self.file:  # it does not grow old: hours may decide what a stage is
                del _kept[file, name]
        rows = _new_since(self.before or {})
        made = None if rows is None else Stage(rows, dict(_answers(self.parts, ask)))
        _kept[self.file, self.name], self.before = made, None


_needs = pytest.StashKey[_Needs | None]()
_kept: dict[tuple[str, str], Stage | None] = {}


class Keeping:
    """Keeps what the first building of a stage made."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        """The stage before what the test adds to it: else its rows could not be told apart."""
        if needs := _needs_of(item):
            first = {*item.session._fixturemanager._getautousenames(item), *DATABASE}
            item.fixturenames.sort(
                key=lambda name: 0 if name in first else 1 if name in needs.parts else 2
            )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef, request):
        item, name = request._pyfuncitem, fixturedef.argname
        needs = _needs_of(item) if fixturedef.scope == "function" else None
        if needs is None or not _reaches_database(item, name):
            return (yield)
        if name not in needs.parts:
            needs.before = None  # its rows are not the stage's
        elif not needs.has_begun:
            needs.begin()
        answer = yield
        is_whole = fixturedef is item._fixtureinfo.name2fixturedefs[needs.name][-1]
        if is_whole and needs.before is not None:
            needs.keep(item._request.getfixturevalue)
        return answer


class Answering:
    """Answers for the fixtures of a stage that stands already."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef, request):
        needs = _needs_of(request._pyfuncitem) if fixturedef.scope == "function" else None
        if needs is None or needs.stage is None or fixturedef.argname not in needs.stage.answers:
            return None
        answer = needs.stage.answer(fixturedef.argname)
        fixturedef.cached_result = (answer, fixturedef.cache_key(request), None)
        return answer


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Keeping())
    config.pluginmanager.register(Answering())


def _needs_of(item: Any) -> _Needs | None:
    if _needs not in item.stash:
        item.stash[_needs] = _found_needs_of(item)
    return item.stash[_needs]


def _found_needs_of(item: Any) -> _Needs | None:
    asked = getattr(item, "fixturenames", ())
    name = next((stage for stage in STAGES if stage in asked), None)
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in asked or (marker and marker.kwargs.get("transaction"))
    if name is None or commits:
        return None
    parts = frozenset(part for part in _made_of(item, name) if _reaches_database(item, part))
    chosen = set(getattr(getattr(item, "callspec", None), "params", ()))
    return None if chosen & parts else _Needs(str(item.path), name, parts)


def _made_of(item: Any, name: str) -> set[str]:
    """The fixture and those it is made of, each for one test only."""
    found: set[str] = set()
    new = {name}
    while new:
        found |= new
        made = [one for it in new for one in item._fixtureinfo.name2fixturedefs.get(it, ())]
        new = {part for one in made if one.scope == "function" for part in one.argnames} - found
    return found


def _reaches_database(item: Any, name: str) -> bool:
    return name not in DATABASE and not DATABASE.isdisjoint(_made_of(item, name))


def _answers(parts: frozenset[str], ask: Any) -> Iterator[tuple[str, Any]]:
    """What can be answered again; a function is made anew for each test."""
    for name in parts:
        answer = ask(name)
        if isinstance(answer, models.Model):
            yield name, _Row.of(answer) if _stands(answer) else copy.deepcopy(answer)
        elif isinstance(answer, PLAIN):
            yield name, answer
        elif isinstance(answer, list) and all(isinstance(one, models.Model) for one in answer):
            yield name, _Rows([_Row.of(one) for one in answer])
        elif isinstance(answer, list) and all(map(is_dataclass, answer)):
            yield name, copy.deepcopy(answer)


def _stands(row: models.Model) -> bool:
    """False for what a later part of the stage has used up, like the draft of a booking."""
    return type(row)._base_manager.filter(pk=row.pk).exists()


def _content() -> Content:
    found: Content = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in emptying.KEPT:
                cursor.execute(f'SELECT * FROM "{table}"')
                columns = [column[0] for column in cursor.description]
                found[table] = (columns, dict.fromkeys(map(_as_stored, cursor.fetchall())))
    return found


def _as_stored(row: Iterable[Any]) -> tuple[Any, ...]:
    """SQLite answers with a time, and takes none."""
    is_embedded = connection.vendor == "sqlite"
    return tuple(str(it) if is_embedded and isinstance(it, time) else it for it in row)


def _new_since(before: Content) -> list[tuple[str, list[str], list[tuple[Any, ...]]]] | None:
    """The rows that came; None when one that stood there has changed."""
    rows = []
    for table, (columns, now) in _content().items():
        was = before[table][1]
        if any(row not in now for row in was):
            return None
        if fresh := [row for row in now if row not in was]:
            rows.append((table, columns, fresh))
    return rows
