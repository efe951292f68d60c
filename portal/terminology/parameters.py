"""Every limit of the rules, read from one versioned table."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from portal.terminology.catalogue import parameter_rows
from portal.terminology.models import RuleParameter

FRESH_FOR_S = 30.0


@dataclass(frozen=True, slots=True)
class _Row:
    value: Any
    valid_from: date


class Unknown(KeyError):
    """No such limit in this profile."""


_tables: dict[str, tuple[float, dict[str, list[_Row]]]] = {}


def value(key: str, profile: str | None = None, on: date | None = None) -> Any:
    """The limit that holds on that day (default today). Raises Unknown."""
    return _row(key, profile, on).value


def version(key: str, profile: str | None = None, on: date | None = None) -> str:
    """Which version of the limit holds, for the decision that used it: "CN-SH/2026-01-01"."""
    return f"{profile or settings.RULE_PROFILE}/{_row(key, profile, on).valid_from.isoformat()}"


def forget() -> None:
    """Read the table again at the next question (after a change of the table)."""
    _tables.clear()


def _row(key: str, profile: str | None, on: date | None) -> _Row:
    day = on or timezone.localdate()
    for row in _table(profile or settings.RULE_PROFILE).get(key, ()):
        if row.valid_from <= day:
            return row
    raise Unknown(key)


def _table(profile: str) -> dict[str, list[_Row]]:
    """One read serves every question for half a minute; other processes follow then."""
    read_at, table = _tables.get(profile, (0.0, {}))
    if not table or time.monotonic() - read_at > FRESH_FOR_S:
        table = _read(profile)
        _tables[profile] = (time.monotonic(), table)
    return table


def _read(profile: str) -> dict[str, list[_Row]]:
    """The rows by key, newest first; the shipped defaults stand where nothing was loaded."""
    table: dict[str, list[_Row]] = {}
    stored = RuleParameter.objects.filter(profile=profile).order_by("-valid_from")
    for row in stored:
        table.setdefault(row.key, []).append(_Row(row.value, row.valid_from))
    for shipped in parameter_rows():
        if shipped.profile == profile and shipped.key not in table:
            table[shipped.key] = [_Row(shipped.value, shipped.valid_from)]
    return table
