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
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    update_session_auth_hash,
)
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from portal.accounts import idle, second_factor, signals
from portal.accounts.models import User


def open_session(user: User, *, second_factor: bool = True) -> str:
    """Sign the person in without a browser and return the session key (for scenes and tests)."""
    session = _store()
    session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = list(_records(user, second_factor))
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    if user.is_employee:
        idle.begin(session, user)
    session.create()
    UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1")
    return session.session_key or ""


def is_open(session: SessionBase, user: User) -> bool:
    """May this session act for the person now? Staff: second factor shown, desk not locked."""
    if not user.is_employee:
        return True
    return second_factor.done(session) and not idle.is_locked(session)


def end(user: User, session_key: str) -> bool:
    """End one session of this person; False when it is not theirs."""
    row = UserSession.objects.filter(user=user, session_key=session_key).first()
    if row is None:
        return False
    row.end()
    ended(user, session_key)
    return True


def end_all(user: User, *, but: str = "") -> int:
    """End every session of this person except `but`; their sockets close within seconds."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for row in rows:
        row.end()
        ended(user, row.session_key)
    return len(rows)


def ended(user: User, session_key: str) -> None:
    """This session is over: forget its row and tell its sockets after commit."""
    UserSession.objects.filter(user=user, session_key=session_key).delete()
    transaction.on_commit(
        lambda: signals.access_ended.send(User, session_key=session_key, user_id=user.pk)
    )


def renew(request: HttpRequest, user: User) -> None:
    """After a new password: this browser goes on under a new key, every other one is signed out."""
    old = request.session.session_key
    update_session_auth_hash(request, user)
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
    end_all(user, but=request.session.session_key or "")


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
