"""Does the portal live, and can it serve: two addresses for the machine that watches it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.his.breaker import Breaker
from portal.his.models import FeedCursor
from portal.his.tasks import poll_one

HEART = "worker-heartbeat"
BEAT_EVERY_S = 10
SILENT_AFTER_S = 60
ASKED_AGAIN_S = 10

#: Without these nobody can be served; without the others the portal has a bad day and goes on.
NEEDED = ("database", "channel_layer")


def beat() -> None:
    """The worker says that it lives; run by the clock, so it proves clock and worker at once."""
    cache.set(HEART, time.time(), SILENT_AFTER_S)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part with its state; 503 when a needed one is away."""
    parts = {name: _state(check) for name, check in CHECKS.items()}
    able = all(parts[name]["state"] == "ok" for name in NEEDED)
    whole = all(part["state"] == "ok" for part in parts.values())
    status = "ok" if whole else "degraded" if able else "unavailable"
    return JsonResponse({"status": status, "parts": parts}, status=200 if able else 503)


def _state(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return check()
    except Exception as error:
        # Whatever a part raises is that part's state: this page must always answer.
        return {"state": "down", "error": type(error).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"state": "ok"}


def _channel_layer() -> dict[str, Any]:
    async_to_sync(_send_to_nobody)()
    return {"state": "ok"}


async def _send_to_nobody() -> None:
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send("readyz", {"type": "readyz"})


def _worker() -> dict[str, Any]:
    last = cache.get(HEART)
    if last is None:
        return {"state": "down"}
    return {"state": "ok", "seconds_since_heartbeat": round(time.time() - last, 1)}


def _his() -> dict[str, Any]:
    """What the last calls and the last look at its news found: this page never waits for a HIS."""
    url = settings.HIS_BASE_URL.rstrip("/")
    _ask_first(url)
    away = [side for side in ("read", "write") if Breaker(url, side).is_open()]
    news = FeedCursor.objects.filter(base_url=url).first()
    if away or (news is not None and news.error):
        return {"state": "down", "sides": away, "error": news.error if news else ""}
    return {"state": "ok" if news is not None and news.polled else "unknown"}


def _ask_first(url: str) -> None:
    """Before the first look at its news, have the worker take one; nobody waits for it here."""
    never = not FeedCursor.objects.filter(base_url=url, polled__isnull=False).exists()
    if never and cache.add("readyz:his-asked", 1, ASKED_AGAIN_S):
        poll_one.apply_async((url,), expires=ASKED_AGAIN_S)


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "channel_layer": _channel_layer,
    "worker": _worker,
    "his": _his,
}
