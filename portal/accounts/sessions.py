"""A person's sessions: opened, listed, ended; an ended session ends its sockets too."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from portal.accounts import signals
from portal.accounts.models import User


def open_session(user: User, *, second_factor: bool = True) -> str:
    """Sign the person in without a browser and return the session key (for scenes and tests)."""
    session = _store()
    session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = list(_records(user, second_factor))
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.create()
    UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1")
    return session.session_key or ""


def end(user: User, session_key: str) -> bool:
    """End one session of this person; False when it is not theirs."""
    row = UserSession.objects.filter(user=user, session_key=session_key).first()
    if row is None:
        return False
    row.end()
    _tell(session_key, user)
    return True


def end_all(user: User, *, but: str = "") -> int:
    """End every session of this person except `but`; their sockets close within seconds."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for row in rows:
        row.end()
        _tell(row.session_key, user)
    return len(rows)


def _tell(session_key: str, user: User) -> None:
    transaction.on_commit(
        lambda: signals.session_ended.send(User, session_key=session_key, user_id=user.pk)
    )


def _records(user: User, second_factor: bool) -> Any:
    now = time.time()
    if not user.is_employee:
        yield {"method": "code", "at": now}
        return
    yield {"method": "password", "at": now, "username": user.username}
    if second_factor:
        yield {"method": "mfa", "at": now, "type": "totp"}


def _store() -> SessionBase:
    return import_module(settings.SESSION_ENGINE).SessionStore()
