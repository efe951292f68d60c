"""What a request has written into the database."""

from __future__ import annotations

import re
from contextlib import contextmanager

from django.db import connection

BOOKKEEPING = re.compile(r'"(django_session|usersessions_usersession|audit_\w+)"')
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)\b", re.I)


@contextmanager
def changes():
    """What was written inside, sessions and journal aside."""
    written = []

    def note(execute, sql, params, many, context):
        if WRITES.match(sql) and not BOOKKEEPING.search(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written
