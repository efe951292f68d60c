"""Three statements of the hot path, the same on SQLite and PostgreSQL: one each a batch."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from consult.conversation.roomrow import RoomRow
from consult.models import Communication, Encounter

_message, _room = Communication._meta, Encounter._meta
Key = tuple[uuid.UUID, uuid.UUID]


class Stored(NamedTuple):
    """What is already there under a client's id."""

    seq: int
    sent: datetime
    fingerprint: str


def stored(keys: Iterable[Key]) -> dict[Key, Stored]:
    """Which of these (encounter, client_id) are stored; a probe of the unique index each."""
    pairs = list(keys)
    if not pairs:
        return {}
    rows = Communication.objects.raw(
        f"SELECT id, encounter_id, client_id, seq, sent, fingerprint FROM {_message.db_table}"
        f" WHERE (encounter_id, client_id) IN (VALUES {', '.join(['(%s, %s)'] * len(pairs))})",
        [_native(part) for pair in pairs for part in pair],
    )
    return {
        (row.encounter_id, row.client_id): Stored(row.seq, row.sent, row.fingerprint)
        for row in rows
    }


def add(messages: Sequence[Communication]) -> None:
    Communication.objects.bulk_create(messages)


def count(rooms: Iterable[RoomRow]) -> None:
    """Write the new last numbers, and when the doctor first wrote."""
    sql = f"UPDATE {_room.db_table} SET last_seq = %s, first_reply_at = %s WHERE id = %s"
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            sql,
            [(room.last_seq, adapt(room.first_reply_at), _native(room.id)) for room in rooms],
        )


def _native(value: uuid.UUID) -> uuid.UUID | str:
    return value if connection.features.has_native_uuid_field else value.hex
