"""What a production server must not start with: `manage.py check --deploy` says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

SHORTEST_KEY = 32


@register(Tags.security, deploy=True)
def production_is_safe(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Errors for what endangers people, warnings for what will not scale."""
    return [*_errors(), *_warnings()]


def _errors() -> Iterator[CheckMessage]:
    if settings.SANDBOX:
        yield Error("The sandbox is installed.", hint="Unset SANDBOX.", id="portal.E001")
    if settings.DEBUG:
        yield Error("DEBUG is on.", id="portal.E002")
    if not settings.SECURE:
        yield Error("Pages are not served over TLS.", hint="BASE_URL=https://…", id="portal.E003")
    for name in ("SECRET_KEY", "BLIND_INDEX_KEY", "JOURNAL_KEY"):
        if len(getattr(settings, name)) < SHORTEST_KEY:
            yield Error(f"{name} is shorter than {SHORTEST_KEY} characters.", id="portal.E004")
    if len({settings.SECRET_KEY, settings.BLIND_INDEX_KEY, settings.JOURNAL_KEY}) < 3:
        yield Error("Two keys are the same.", id="portal.E005")
    if "*" in settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS takes any host.", id="portal.E006")


def _warnings() -> Iterator[CheckMessage]:
    if not settings.REDIS_URL:
        yield Warning("Without REDIS_URL only one process can serve.", id="portal.W001")
    if connection.vendor == "sqlite":
        yield Warning("SQLite carries one machine only: set DATABASE_URL.", id="portal.W002")
    for name in ("HIS_BASE_URL", "SMS_GATEWAY_URL"):
        if getattr(settings, name).startswith("http://127.0.0.1"):
            yield Warning(f"{name} points at this machine, as in the demo.", id="portal.W003")
