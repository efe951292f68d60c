"""Who opens a socket: the session cookie, read at the door and asked again while it is open."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.utils import timezone, translation

from portal.accounts import idle
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.accounts.sessions import is_open

Headers = Iterable[tuple[bytes, bytes]]
_SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


def sign_in(headers: Headers) -> tuple[Actor, str] | None:
    """The person behind the cookie and the language they read; None for nobody."""
    request = _request(headers)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not (key.isascii() and key.isalnum() and len(key) <= 40):
        return None
    request.session = _SessionStore(key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active or not is_open(request.session, user):
        return None
    language = user.language or translation.get_language_from_request(request)
    return Actor.of(user, key), language


def still_valid(actors: list[Actor]) -> set[tuple[str, uuid.UUID | None]]:
    """Which of these are signed in now as they were: session, password, role, not closed."""
    keys = {actor.session_key for actor in actors}
    staff = {actor.session_key for actor in actors if actor.user and actor.user.is_employee}
    rows_of_sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    alive = {
        row.session_key
        for row in rows_of_sessions
        if row.session_key not in staff or not idle.is_locked(row.get_decoded())
    }
    rows = User.objects.filter(pk__in={actor.user_id for actor in actors}, is_active=True)
    now: dict[uuid.UUID | None, list[object]] = {
        pk: facts for pk, *facts in rows.values_list("pk", "password", "role", "organization")
    }
    return {
        (actor.session_key, actor.user_id)
        for actor in actors
        if actor.session_key in alive and now.get(actor.user_id) == _as_known(actor)
    }


def _as_known(actor: Actor) -> list[object]:
    user = actor.user
    return [user.password, user.role, user.organization_id] if user else []


def _request(headers: Headers) -> HttpRequest:
    """As much of a request as sessions and languages look at."""
    request = HttpRequest()
    for name, value in headers:
        if name == b"cookie":
            request.COOKIES.update(parse_cookie(value.decode("latin1")))
        elif name == b"accept-language":
            request.META["HTTP_ACCEPT_LANGUAGE"] = value.decode("latin1")
    return request
