"""The second proof that it is you: done once at sign-in, and fresh before a risky act (R7, R111).

The proof lives in the session beside the password's, in the list that allauth keeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from portal.accounts.models import User

View = Callable[..., HttpResponse]
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
PAGE = "/accounts/second-factor/"


def enrol_totp(user: User, secret: str) -> Authenticator:
    """Give the person an authenticator app with this base32 secret, in place of an earlier one."""
    factor, _created = Authenticator.objects.update_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(secret)}}
    )
    return factor


def is_enrolled(user: User) -> bool:
    """Has the person an authenticator app or a passkey?"""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def proved_at(session: SessionBase | Mapping[str, Any]) -> float | None:
    """When this session last saw the second factor, in seconds since 1970."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    times = [record["at"] for record in records if record.get("method") == "mfa"]
    return max(times, default=None)


def done(session: SessionBase) -> bool:
    """Was this session opened with a second factor?"""
    return proved_at(session) is not None


def fresh(asked: HttpRequest | SessionBase, max_age: int | None = None) -> bool:
    """Was the second factor shown in this session within `max_age` seconds (default 300)?"""
    session = asked.session if isinstance(asked, HttpRequest) else asked
    at = proved_at(session)
    limit = settings.SECOND_FACTOR_MAX_AGE if max_age is None else max_age
    return at is not None and 0 <= time.time() - at <= limit


def required(view: View) -> View:
    """Open the view only after a fresh second factor; others are sent to show it and come back."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if fresh(request) else ask(request)

    return checked


def ask(request: HttpRequest) -> HttpResponse:
    """Send the person to the second-factor page, and back to where they were."""
    back = request.get_full_path() if request.method == "GET" else _path_of_referrer(request)
    page = f"{PAGE}?{urlencode({'next': back})}"
    wants_page = "text/html" in request.headers.get("Accept", "text/html")
    if wants_page and not request.headers.get("HX-Request"):
        return HttpResponse(status=302, headers={"Location": page})
    return HttpResponse(status=401, headers={"HX-Redirect": page})


def _path_of_referrer(request: HttpRequest) -> str:
    here = f"{request.scheme}://{request.get_host()}"
    referrer = request.headers.get("Referer", "")
    return referrer.removeprefix(here) if referrer.startswith(f"{here}/") else "/home/"
