"""`scene NAME`: a situation one can step into, from one line."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore

from portal.embedded import preparing
from portal.sandbox import cast
from portal.sandbox.scenes import registry

ALSO_CALLED = {"xu": "neighbour"}


class NoSuchScene(Exception):
    """The name is not among the scenes, or there is no sandbox."""


def names() -> list[str]:
    return list(registry.scenes()) if settings.SANDBOX else []


def build(name: str) -> dict[str, Any]:
    """Build the scene afresh and sign everybody in."""
    if name not in names():
        raise NoSuchScene(f"No scene {name!r}. There are: {', '.join(names()) or 'none here'}.")
    preparing.prepare()
    ids = registry.scenes()[name]()
    return {"base_url": settings.BASE_URL, "sessions": _sessions(), "ids": dict(ids)}


def _sessions() -> dict[str, str]:
    people = get_user_model().objects.in_bulk(cast.usernames(), field_name="username")
    opened = {name: _open(people[name]) for name in cast.usernames()}
    for name, other in ALSO_CALLED.items():
        opened[other] = opened[name]
    return opened


def _open(user: Any) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
