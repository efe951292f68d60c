"""The few facts of an encounter that decide who may write in it now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import connections
from django.utils import translation

from consult.conversation.message import Author
from consult.models import Communication, Encounter
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.locking import for_update

GRACE = timedelta(hours=24)
OPEN = frozenset({Encounter.Status.PLANNED, Encounter.Status.ARRIVED, Encounter.Status.IN_PROGRESS})
FIELDS = (
    "pk", "last_seq", "status", "started_at", "ended_at", "first_reply_at", "organization_id",
    "patient_id", "patient__user_id", "patient__name",
    "practitioner__user_id", "practitioner__name", "organization__name",
)  # fmt: skip


@dataclass(slots=True)
class RoomRow:
    """An encounter while a batch of messages is stored in it."""

    id: uuid.UUID
    last_seq: int
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    first_reply_at: datetime | None
    organization_id: uuid.UUID
    patient_id: uuid.UUID
    patient_user_id: uuid.UUID | None
    patient_name: str
    doctor_user_id: uuid.UUID
    doctor_name: str
    centre_name: str

    @property
    def pk(self) -> uuid.UUID:
        return self.id

    def is_open(self, now: datetime) -> bool:
        """Writable before and during the visit, and for a day after one that had begun.

        However it ended: words that a bad line held back still arrive, and the desk shows them.
        A visit that was called off before it began has nobody who would read.
        """
        if self.status in OPEN:
            return True
        if self.status == Encounter.Status.CANCELLED and self.started_at is None:
            return False
        return self.ended_at is not None and now < self.ended_at + GRACE

    def author(self, actor: Actor) -> Author | None:
        """The part this actor has in the room; None for everybody else (R8, R34)."""
        for author, role in zip(self.people(), (User.Role.RESIDENT, User.Role.DOCTOR), strict=True):
            if actor.role == role and author.id is not None and actor.user_id == author.id:
                return author
        return None

    def people(self) -> tuple[Author, Author]:
        return (
            Author(self.patient_user_id, self.patient_name, Communication.Author.RESIDENT),
            Author(self.doctor_user_id, self.doctor_name, Communication.Author.DOCTOR),
        )

    def system(self) -> Author:
        """The portal itself, speaking for the centre."""
        return Author(None, self.centre_name, Communication.Author.SYSTEM)

    def language(self) -> str:
        """The language the resident reads."""
        people = User.objects.filter(pk=self.patient_user_id) if self.patient_user_id else None
        chosen = people and people.values_list("language", flat=True).first()
        return chosen or translation.get_language() or ""

    def names(self) -> dict[uuid.UUID | None, Author]:
        return {author.id: author for author in (self.system(), *self.people())}


def locked(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, RoomRow]:
    """The rooms' rows, locked until commit, always in one order so that no two wait in a ring."""
    ids = list(set(ids))
    connection = connections["default"]
    if connection.vendor != "postgresql":  # the whole database is locked by BEGIN IMMEDIATE
        return as_they_are(ids)
    with connection.cursor() as cursor:
        cursor.execute(lock(), [ids])
        return as_rows(cursor.fetchall())


@cache
def lock() -> str:
    """The ORM's own statement, put together once instead of for every batch."""
    rows = for_update(Encounter.objects).filter(pk__in=[uuid.UUID(int=0)])
    sql, _params = rows.order_by("pk").values_list(*FIELDS).query.sql_with_params()
    return sql.replace("IN (%s)", "= ANY(%s)")


def as_they_are(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, RoomRow]:
    return as_rows(Encounter.objects.filter(pk__in=set(ids)).values_list(*FIELDS))


def key_of(encounter: Encounter | uuid.UUID) -> uuid.UUID:
    return encounter.pk if isinstance(encounter, Encounter) else encounter


def as_rows(rows: Iterable[tuple]) -> dict[uuid.UUID, RoomRow]:
    return {row[0]: RoomRow(*row) for row in rows}
