"""What every request carries and every answer keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from portal.accounts.actor import Actor
from portal.organization import directory

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "media-src 'self' blob:", "connect-src 'self'", "worker-src 'self'", "object-src 'none'",
        "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
    )
)  # fmt: skip


WATCHED = ("/healthz", "/readyz")  # a machine may ask for these by number


class ActorMiddleware:
    """`request.actor`: who asks, or None."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        key = request.session.session_key or ""
        actor = Actor.of(user, key) if user.is_authenticated else None
        request.actor = actor  # type: ignore[attr-defined]
        with _as_they_read(request, actor):
            return self.get_response(request)


@contextmanager
def _as_they_read(request: HttpRequest, actor: Actor | None) -> Iterator[None]:
    """The person's own language, where this device says none, and their centre's clock."""
    language = actor.user.language if actor and actor.user else ""
    if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
    with timezone.override(_zone(actor)):
        yield


def _zone(actor: Actor | None) -> tzinfo:
    if actor is None or actor.organization_id is None:
        return ZoneInfo(settings.TIME_ZONE)
    return directory.look_up(actor.organization_id).zone


class MethodMiddleware:
    """A method that a page does not have (405) is told so with a sentence, to those inside only.

    Whoever has not signed in is asked to, and another role finds nothing: as with every method.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answered(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        page = getattr(request.resolver_match, "func", None)
        admit = getattr(page, "admit", lambda request: None)
        return admit(request) or self._told(request, response.headers.get("Allow", ""))

    def _answered(self, request: HttpRequest) -> HttpResponse:
        """A question for the head of a page is one for the page: the server keeps the body back."""
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        return response

    def _told(self, request: HttpRequest, allowed: str) -> HttpResponse:
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page["Allow"] = allowed
        return page


class SafetyHeadersMiddleware:
    """Only our own address, a strict policy, and no copy of a signed-in page in any cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in WATCHED:
            request.get_host()  # raises for an address that is not ours (400)
        response = self.get_response(request)
        # The last rule of the policy says where forms lead; a bill's leads to the cashier too.
        leads_to = getattr(response, "leads_to", "")
        response.setdefault("Content-Security-Policy", f"{POLICY} {leads_to}".strip())
        response.setdefault("Permissions-Policy", "geolocation=(), payment=(), usb=()")
        if getattr(request, "actor", None) is not None:
            response.setdefault("Cache-Control", "no-store")
        return response


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What every template may ask for."""
    actor: Actor | None = getattr(request, "actor", None)
    user = actor.user if actor else None
    centre = directory.look_up(user.organization_id) if user and user.organization_id else None
    return {
        "actor": actor,
        "sandbox": settings.SANDBOX,
        "text_size": request.COOKIES.get("text_size") or (user.text_size if user else ""),
        "read_aloud": request.COOKIES.get("read_aloud") or (user and user.read_aloud) or "on",
        "help_telecom": centre.telecom if centre else settings.HELP_TELECOM,
        "help_name": centre.name if centre else "",
        "emergency_telecom": settings.EMERGENCY_TELECOM,
        "idle_seconds": settings.STAFF_IDLE_SECONDS,
        "zone": timezone.get_current_timezone_name(),
        "here": request.get_full_path() if request.method == "GET" else "",
    }
