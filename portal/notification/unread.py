"""How many notices wait, for every page that asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.notification.models import Notification

MANY = 99


def count(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: counted only if a template looks at it, over the unread index."""
    return {"unread_notices": SimpleLazyObject(_counter(request))}


def _counter(request: HttpRequest) -> Callable[[], int]:
    def waiting() -> int:
        actor = getattr(request, "actor", None)
        rows = Notification.objects.visible_to(actor).filter(read_at=None)
        return min(rows[: MANY + 1].count(), MANY)

    return waiting
