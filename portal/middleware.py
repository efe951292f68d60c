"""What every request carries and every answer keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.accounts.actor import Actor

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "media-src 'self' blob:", "connect-src 'self'", "worker-src 'self'", "object-src 'none'",
        "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
    )
)  # fmt: skip


class ActorMiddleware:
    """`request.actor`: who asks, or None."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        key = request.session.session_key or ""
        request.actor = Actor.of(user, key) if user.is_authenticated else None  # type: ignore[attr-defined]
        return self.get_response(request)


class SafetyHeadersMiddleware:
    """A strict content policy, and no copy of a signed-in page in any cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "geolocation=(), payment=(), usb=()")
        if getattr(request, "actor", None) is not None:
            response.setdefault("Cache-Control", "no-store")
        return response


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What every template may ask for."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "sandbox": settings.SANDBOX,
        "text_size": request.COOKIES.get("text_size", ""),
    }
