"""A test database is emptied between tests: only what was filled, locks (triggers) or not."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection, transaction
from django.test import TransactionTestCase

#: The same after every test: not made anew each time.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def empty():
    """Delete every row of every table that has one."""
    with transaction.atomic(), connection.cursor() as cursor:
        if filled := _filled(cursor):
            with unlocked(*filled):
                for table in filled:
                    cursor.execute(f'DELETE FROM "{table}"')


def _filled(cursor):
    tables = [name for name in connection.introspection.table_names(cursor) if name not in KEPT]
    asked = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables
    )
    cursor.execute(asked)
    return [name for (name,) in cursor.fetchall()]


@contextmanager
def unlocked(*tables):
    """The database's own locks (triggers) on these tables are off inside, and on again after."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        locks = [(name, sql) for name, sql, table in cursor.fetchall() if table in tables]
        for name, _sql in locks:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in locks:
            cursor.execute(sql)


def install() -> None:
    """Django would truncate every table and make every permission anew: half a second a test."""
    TransactionTestCase._fixture_teardown = lambda test: empty()
