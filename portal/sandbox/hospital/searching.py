"""The SQL that answers a search, on the terms that each resource is found by."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from portal.sandbox.hospital.asking import OF_EVERY_TYPE, Filter, Query
from portal.sandbox.hospital.moments import NotADate, span
from portal.sandbox.hospital.parameters import PARAMETERS, Parameter, local, plain
from portal.sandbox.hospital.refusal import Refused
from portal.sandbox.hospital.store import Row, Store

Test = tuple[str, list[object]]

#: How the span of a resource stands to the span asked for: SQL, and which edges it needs.
COMPARE = {
    "eq": ("(low >= ? AND high <= ?)", (0, 1)),
    "ne": ("NOT (low >= ? AND high <= ?)", (0, 1)),
    "gt": ("high > ?", (1,)),
    "ge": ("high > ?", (0,)),
    "lt": ("low < ?", (0,)),
    "le": ("low < ?", (1,)),
    "sa": ("low >= ?", (1,)),
    "eb": ("high <= ?", (0,)),
}
#: The same for the time of a version, which is a point.
COMPARE_POINT = {
    "eq": ("(r.updated >= ? AND r.updated < ?)", (0, 1)),
    "ne": ("NOT (r.updated >= ? AND r.updated < ?)", (0, 1)),
    "gt": ("r.updated >= ?", (1,)),
    "ge": ("r.updated >= ?", (0,)),
    "lt": ("r.updated < ?", (0,)),
    "le": ("r.updated < ?", (1,)),
    "sa": ("r.updated >= ?", (1,)),
    "eb": ("r.updated < ?", (0,)),
}


def rows(store: Store, query: Query) -> list[Row]:
    """All that match, in the order asked for."""
    return store.select(*_sql(query))


def keys(store: Store, query: Query) -> list[str]:
    """The ids of all that match, in the order asked for."""
    tail, bound = _sql(query)
    found = store.connection.execute(f"SELECT r.id FROM resource r {tail}", bound)
    return [key for (key,) in found]


def included(store: Store, query: Query, shown: list[Row]) -> list[Row]:
    """What the shown ones point to by the parameters of `_include`, each once."""
    targets: dict[str, None] = {}
    for name, kind in query.includes:
        for row in shown:
            found = store.connection.execute(
                "SELECT value FROM term WHERE kind=? AND id=? AND name=?", (row.kind, row.id, name)
            )
            targets |= {
                value: None for (value,) in found if not kind or value.startswith(f"{kind}/")
            }
    own = {row.reference for row in shown}
    found_rows = (store.get(*target.split("/", 1)) for target in targets if target not in own)
    return [row for row in found_rows if row is not None and not row.deleted]


def _sql(query: Query) -> Test:
    where, bound = _where(query.kind, query.filters)
    order, more = _order(query)
    return f"WHERE {where} ORDER BY {order}", bound + more


def _where(kind: str, filters: Iterable[Filter]) -> Test:
    tests: list[Test] = [("r.kind=? AND r.deleted=0", [kind])]
    tests += [_condition(kind, one) for one in filters]
    return " AND ".join(sql for sql, _ in tests), [value for _, bound in tests for value in bound]


def _condition(kind: str, one: Filter) -> Test:
    if one.name == "_id":
        return _any(("r.id=?", [value]) for value in one.values)
    if one.name == "_lastUpdated":
        return _any(_updated(value) for value in one.values)
    parameter = PARAMETERS[kind][one.name]
    inside = "SELECT id FROM term WHERE kind=? AND name=?"
    start: list[object] = [kind, one.name]
    if one.modifier == "missing":
        way = "NOT IN" if one.values == ("true",) else "IN"
        return f"r.id {way} ({inside})", start
    if one.chain:
        test, bound = _chained(one.modifier, one.chain)
    else:
        test, bound = _any(_compared(parameter, one.modifier, value) for value in one.values)
    way = "NOT IN" if one.modifier == "not" else "IN"
    return f"r.id {way} ({inside} AND {test})", start + bound


def _chained(target: str, one: Filter) -> Test:
    """`schedule.actor=…`: a reference to something that itself is found by …"""
    where, bound = _where(target, [one])
    return f"value IN (SELECT r.kind || '/' || r.id FROM resource r WHERE {where})", bound


def _any(tests: Iterable[Test]) -> Test:
    listed = list(tests)
    joined = " OR ".join(sql for sql, _ in listed)
    return f"({joined})", [value for _, bound in listed for value in bound]


def _compared(parameter: Parameter, modifier: str, value: str) -> Test:
    if parameter.type == "token":
        return _token(value)
    if parameter.type == "reference":
        return _reference(modifier, value)
    if parameter.type == "date":
        prefix, edges = _edges(value)
        sql, needed = COMPARE[prefix]
        return sql, [edges[edge] for edge in needed]
    if modifier == "exact":
        return "extra=?", [value]
    escaped = plain(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    head = "%" if modifier == "contains" else ""
    return "value LIKE ? ESCAPE '\\'", [f"{head}{escaped}%"]


def _token(value: str) -> Test:
    system, bar, code = value.rpartition("|")
    if not bar:
        return "value=?", [code]
    return ("(value=? AND extra=?)", [code, system]) if code else ("extra=?", [system])


def _reference(modifier: str, value: str) -> Test:
    if "/" in value:
        ours = urlsplit(value).hostname in (None, "127.0.0.1", "localhost")
        return "value=?", [local(value) if ours else value]
    return ("value=?", [f"{modifier}/{value}"]) if modifier else ("extra=?", [value])


def _updated(value: str) -> Test:
    prefix, edges = _edges(value)
    sql, needed = COMPARE_POINT[prefix]
    return sql, [f"{edges[edge][:23]}Z" for edge in needed]


def _edges(value: str) -> tuple[str, tuple[str, str]]:
    prefix = value[:2] if value[:2] in COMPARE else "eq"
    text = value[2:] if value[:2] in COMPARE else value
    try:
        return prefix, span(text.replace(" ", "+"))
    except NotADate as error:
        raise Refused(400, "value", f"{value[:60]!r} is not a date.") from error


def _order(query: Query) -> Test:
    parts: list[str] = []
    bound: list[object] = []
    for name, descending in query.sort:
        way = "DESC" if descending else "ASC"
        if name in OF_EVERY_TYPE:
            parts.append(f"r.{'id' if name == '_id' else 'updated'} {way}")
            continue
        column = "low" if PARAMETERS[query.kind][name].type == "date" else "value"
        edge = "MAX" if descending else "MIN"
        parts.append(
            f"(SELECT {edge}({column}) FROM term t"
            f" WHERE t.kind=r.kind AND t.id=r.id AND t.name=?) {way} NULLS LAST"
        )
        bound.append(name)
    return ", ".join([*parts, "r.id"]), bound
