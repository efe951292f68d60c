"""The statements of the hot path: one each a batch, however many messages it holds.

PostgreSQL takes the whole batch as one JSON parameter, so that its text is the same every time
and nothing is quoted value by value; SQLite takes row by row, which costs nothing in a process.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connections

from consult.conversation import roomrow
from consult.conversation.roomrow import RoomRow
from consult.models import Communication, Encounter
from portal.secrecy import seal

MESSAGES, ROOMS = Communication._meta.db_table, Encounter._meta.db_table
Key = tuple[uuid.UUID, uuid.UUID]
Line = dict[str, Any]
COLUMNS = {
    "encounter_id": "uuid", "seq": "int", "client_id": "uuid", "sender_id": "uuid",
    "author_kind": "text", "sent": "timestamptz", "kind": "text", "text": "text",
    "body": "jsonb", "fingerprint": "text",
}  # fmt: skip
COUNTED = {"last_seq": "int", "first_reply_at": "timestamptz", "id": "uuid"}
KEYED = {"encounter_id": "uuid", "client_id": "uuid"}


def _listed(columns: dict[str, str]) -> str:
    return ", ".join(columns)


def _read(columns: dict[str, str]) -> str:
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"json_to_recordset(%s) AS given ({typed})"


_FIND = f"SELECT {_listed(KEYED)}, seq, sent, fingerprint FROM {MESSAGES} WHERE"
_ADD = f"INSERT INTO {MESSAGES} ({_listed(COLUMNS)})"
FIND_ALL = f"{_FIND} ({_listed(KEYED)}) IN (SELECT {_listed(KEYED)} FROM {_read(KEYED)})"
FIND_ONE = f"{_FIND} encounter_id = %s AND client_id = %s"
ADD_ONE = f"{_ADD} VALUES ({', '.join(['%s'] * len(COLUMNS))})"
COUNT_ONE = f"UPDATE {ROOMS} SET last_seq = %s, first_reply_at = %s WHERE id = %s"
STORE_ALL = (  # one way to the server and back
    f"WITH added AS ({_ADD} SELECT {_listed(COLUMNS)} FROM {_read(COLUMNS)})"
    f" UPDATE {ROOMS} room SET last_seq = given.last_seq, first_reply_at = given.first_reply_at"
    f" FROM {_read(COUNTED)} WHERE room.id = given.id"
)


class Stored(NamedTuple):
    """What is already there under a client's id."""

    seq: int
    sent: datetime
    fingerprint: str


def look(keys: Iterable[Key]) -> tuple[dict[uuid.UUID, RoomRow], dict[Key, Stored]]:
    """The rooms, locked until commit, and which of these (encounter, client_id) are stored.

    PostgreSQL is asked both in one way there and back. Each statement sees what was committed when
    it began, so the second one sees whatever the first had to wait for.
    """
    keys = list(keys)
    ids = list({encounter for encounter, _client_id in keys})
    connection = connections["default"]
    if connection.vendor != "postgresql":
        return roomrow.locked(ids), stored(_one_by_one(keys))
    lines = _json.encode([dict(zip(KEYED, key, strict=True)) for key in keys])
    with (
        connection.cursor() as rooms,
        connection.cursor() as messages,
        connection.wrap_database_errors,
        connection.connection.pipeline(),
    ):
        rooms.execute(roomrow.lock(), [ids])
        messages.execute(FIND_ALL, [lines])
        return roomrow.as_rows(rooms.fetchall()), stored(messages.fetchall())


def _one_by_one(keys: Iterable[Key]) -> Iterator[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        for room, client in keys:
            cursor.execute(FIND_ONE, [room.hex, client.hex])
            yield from cursor.fetchall()


def stored(found: Iterable[tuple[Any, ...]]) -> dict[Key, Stored]:
    return {
        (_uuid(room), _uuid(client)): Stored(seq, _moment(sent), fingerprint)
        for room, client, seq, sent, fingerprint in found
    }


def store(messages: Iterable[Line], rooms: Iterable[RoomRow]) -> None:
    """Store messages, a line each with the fields of COLUMNS, their words sealed.

    The rooms get their new last numbers, and when the doctor first wrote.
    """
    added = [{**line, "text": line["text"] and seal(line["text"])} for line in messages]
    counted = [{name: getattr(room, name) for name in COUNTED} for room in rooms]
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(STORE_ALL, [_json.encode(added), _json.encode(counted)])
        else:
            cursor.executemany(ADD_ONE, [_flat(line) for line in added])
            cursor.executemany(COUNT_ONE, [_flat(line) for line in counted])


_json = json.JSONEncoder(default=str, ensure_ascii=False, check_circular=False)


def _flat(line: Line) -> list[Any]:
    """Values as Django keeps them in SQLite."""
    return [_flat_value(value) for value in line.values()]


def _flat_value(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return _json.encode(value) if isinstance(value, dict) else value


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _moment(value: Any) -> datetime:
    when = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return when if when.tzinfo else when.replace(tzinfo=UTC)
