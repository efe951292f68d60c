"""A test database must be emptied between tests, though some of its rows are kept by locks."""

from __future__ import annotations

from contextlib import contextmanager

from django.db.backends.base.operations import BaseDatabaseOperations

_flush = BaseDatabaseOperations.execute_sql_flush


@contextmanager
def unlocked(connection):
    """The database's own locks (triggers) are off inside, and on again afterwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            )
            tables = [table for (table,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        locks = cursor.fetchall()
        for name, _sql in locks:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in locks:
            cursor.execute(sql)


def install() -> None:
    def execute_sql_flush(self, sql_list):
        with unlocked(self.connection):
            _flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush
