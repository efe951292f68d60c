"""Rights end at once: whoever takes one from an account says so here.

What changes past these deeds (a row, a command) is found by the next request, and by the open
sockets themselves, which look every five seconds.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from portal.accounts import sessions, signals
from portal.accounts.models import User

RIGHTS = frozenset({"is_active", "role", "is_staff", "is_superuser"})


def changed(user: User, fields: Iterable[str]) -> None:
    """Another role or a closed account ends every session; a new password every open socket."""
    touched = RIGHTS.intersection(fields)
    if touched:
        sessions.end_all(user)
    if touched or "password" in fields:
        transaction.on_commit(
            lambda: signals.access_ended.send(User, user_id=user.pk, session_key="")
        )
