"""A desk left alone locks itself after 15 minutes and keeps every draft (R109, R141).

A courier's telephone has an hour: between two doors nobody touches it.

Only what a person does counts: a page opened, a form sent, a key pressed (told by the
page once a minute). What a page fetches by itself does not keep a desk open.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.http import urlencode

from portal.accounts import second_factor
from portal.accounts.answers import local
from portal.accounts.models import User

KEY = "last_act"
STAFF = "is_staff_session"
LIMIT = "idle_seconds"
STEP = 30  # seconds: the session is not written more often than this


def begin(session: SessionBase, user: User) -> None:
    """From now on this session locks when nobody is there."""
    session[STAFF] = True
    if user.role == User.Role.COURIER:
        session[LIMIT] = settings.COURIER_IDLE_SECONDS
    session[KEY] = int(time.time())


def touch(session: SessionBase) -> None:
    """Somebody is there."""
    if time.time() - session.get(KEY, 0) > STEP:
        session[KEY] = int(time.time())


def seconds_left(session: SessionBase | Mapping[str, Any]) -> int:
    """Until the desk locks; 0 when it is locked."""
    last = session.get(KEY) or second_factor.proved_at(session) or 0
    limit = session.get(LIMIT, settings.STAFF_IDLE_SECONDS)
    return max(0, int(last + limit - time.time()))


def is_locked(session: SessionBase | Mapping[str, Any]) -> bool:
    """Was this desk left alone too long?"""
    return bool(session.get(STAFF)) and seconds_left(session) == 0


def lock(session: SessionBase) -> None:
    """Lock now: the person walks away."""
    session[KEY] = 1


def is_an_act(request: HttpRequest) -> bool:
    """Did a person do this, or did the page fetch it by itself?"""
    if request.method not in ("GET", "HEAD"):
        return True
    if request.headers.get("HX-Request"):
        return False
    fetched = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return not fetched and "text/html" in request.headers.get("Accept", "text/html")


def unlock_page(request: HttpRequest) -> str:
    """The page that unlocks, and the way back from it."""
    return f"{second_factor.PAGE}?{urlencode({'next': local(request, '/home/')})}"
