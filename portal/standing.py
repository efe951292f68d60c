"""Questions that are asked all day: the ORM writes their SQL once, then only the values change.

To put a statement together costs the ORM more than the database needs to answer it: the people who
come back after a restart all ask the same five. What is asked stays the ORM's own query, and its
rows come back as the ORM would give them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.query import ModelIterable

Row = TypeVar("Row")
DATABASE = "default"


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement; `places` says which of its parameters are the asker's values."""

    sql: str
    params: Sequence[Any]
    places: list[tuple[int, int]]  # (parameter, value)
    converters: list[tuple[int, Any, Any]]  # (column, converter, expression)
    model: type[models.Model] | None
    columns: list[str]


class Question(Generic[Row]):
    """`write` makes the queryset from stand-ins of these types: whole rows, or a `values_list`.

    Nothing in it may depend on a value other than by being compared with it.
    """

    def __init__(self, write: Callable[..., models.QuerySet[Any, Row]], *kinds: type) -> None:
        self._write, self._kinds = write, kinds
        self._written = cache(self._compile)

    def ask(self, *values: Any) -> list[Row]:
        """The rows for these values, as a queryset would give them."""
        connection = connections[DATABASE]
        try:
            written = self._written(connection.vendor)
        except EmptyResultSet:  # the ORM knows that nobody is shown any
            return []
        params = list(written.params)
        for place, value in written.places:
            params[place] = _as_param(values[value], connection)
        with connection.cursor() as cursor:
            cursor.execute(written.sql, params)
            return list(_rows(written, cursor.fetchall(), connection))

    def _compile(self, vendor: str) -> _Written:
        connection = connections[DATABASE]
        marks = [_mark(kind, number) for number, kind in enumerate(self._kinds)]
        rows = self._write(*marks)
        compiler = rows.query.get_compiler(DATABASE)
        sql, params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        is_whole = issubclass(rows._iterable_class, ModelIterable)
        if is_whole and len(columns) != len(rows.model._meta.concrete_fields):
            raise TypeError("a standing question has no related rows")
        return _Written(
            sql,
            params,
            _places(params, [_as_param(mark, connection) for mark in marks]),
            [
                (at, converter, column)
                for at, (converters, column) in compiler.get_converters(columns).items()
                for converter in converters
            ],
            rows.model if is_whole else None,
            [column.target.attname for column in columns] if is_whole else [],
        )


def _places(params: Sequence[Any], marks: list[Any]) -> list[tuple[int, int]]:
    """Which parameter stands for which value: each value at least once."""
    places = [(at, marks.index(param)) for at, param in enumerate(params) if param in marks]
    if {value for _place, value in places} != set(range(len(marks))):
        raise TypeError("a value of this question is not a parameter of its statement")
    return places


def _rows(written: _Written, found: Sequence[tuple[Any, ...]], connection: Any) -> Iterator[Any]:
    for one in found:
        row = list(one)
        for at, converter, column in written.converters:
            row[at] = converter(row[at], column, connection)
        model = written.model
        yield model.from_db(DATABASE, written.columns, row) if model else tuple(row)


def _mark(kind: type, number: int) -> Any:
    """A value that nobody asks for: no row equals it, were it left standing."""
    if kind is uuid.UUID:
        return uuid.UUID(int=number + 1)
    if kind is datetime:
        return datetime(1901, 1, 1, tzinfo=UTC) + timedelta(days=number)
    if kind is int:
        return 2_000_000_000 + number
    if kind is str:
        return f"stands for value {number}"
    raise TypeError(f"no stand-in for {kind}")


def _as_param(value: Any, connection: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
