"""A test database must be emptied between tests, though it refuses to forget."""

from __future__ import annotations

from contextlib import contextmanager

from django.db.backends.base.operations import BaseDatabaseOperations

KEPT = (
    "audit_auditevent",
    "audit_journalhead",
    "record_signedprescription",
    "record_alertoverride",
)
_flush = BaseDatabaseOperations.execute_sql_flush


@contextmanager
def unlocked(connection):
    """The locks of the journal and of what was signed are off inside, and on again afterwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in KEPT:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in KEPT:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type='trigger'"
            " AND (name LIKE 'journal_%' OR name LIKE 'stands_%')"
        )
        locks = cursor.fetchall()
        for name, _sql in locks:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in locks:
            cursor.execute(sql)


def install() -> None:
    def execute_sql_flush(self, sql_list):
        with unlocked(self.connection):
            _flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush
