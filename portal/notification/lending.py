"""A number between two people who shall not know each other's: lent for a while, taken back."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings

from portal.notification.telephone import BUSY, DEADLINE, REFUSED
from portal.outbox.outcomes import Postponed, Refused
from portal.trusting import authorities

NUMBER = re.compile(r"\+?[0-9]{3,20}")
LARGEST = 4096  # bytes of an answer that holds one number
COMPARED = 8  # the last digits: with or without the country's


def is_here() -> bool:
    """Does this portal have a relay of telephone numbers at all?"""
    return bool(settings.RELAY_BASE_URL)


def lend(key: UUID, caller: str, callee: str, until: datetime) -> str:
    """The number that connects these two until then; the same key again is the same number.

    Raises Postponed (try again) or Refused (it says no, or it would give a real number away).
    """
    pair = {"from": caller, "to": callee, "until": until.isoformat()}
    told = _ask("PUT", key, pair)
    number = told.get("number") if isinstance(told, dict) else None
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise Refused("no number in the answer")
    if number[-COMPARED:] in (caller[-COMPARED:], callee[-COMPARED:]):
        raise Refused("a real number in the answer")
    return number


def take_back(key: UUID) -> None:
    """Nobody is connected any more; a number that is gone already is gone."""
    _ask("DELETE", key, None)


def _ask(method: str, key: UUID, body: dict[str, str] | None) -> Any:
    try:
        status, told = asyncio.run(_send(method, f"{settings.RELAY_BASE_URL}/{key}", body))
    except (httpx.HTTPError, TimeoutError, httpx.InvalidURL, ValueError) as error:
        raise Postponed(type(error).__name__) from None
    if method == "DELETE" and status in (404, 410):
        return None
    if status in REFUSED and status not in BUSY:
        raise Refused(f"HTTP {status}")
    if not 200 <= status < 300:
        raise Postponed(f"HTTP {status}")
    return told


async def _send(method: str, url: str, body: dict[str, str] | None) -> tuple[int, Any]:
    async with (
        asyncio.timeout(DEADLINE),
        httpx.AsyncClient(verify=authorities(), timeout=DEADLINE, trust_env=False) as client,
    ):
        answer = await client.request(method, url, json=body)
        small = answer.is_success and 0 < len(answer.content) <= LARGEST
        return answer.status_code, answer.json() if small else None
