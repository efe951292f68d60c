"""Text messages through the gateway: one call, one deadline, the same key never twice."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
from django.conf import settings

from portal.outbox.outcomes import Postponed, Refused
from portal.trusting import authorities

DEADLINE = 5.0  # seconds for the whole call: an httpx timeout is per read
REFUSED = range(400, 500)
BUSY = (408, 425, 429)


def send(to: str, text: str, key: UUID) -> None:
    """Hand one message to the gateway. Raises Postponed (try again) or Refused (it says no)."""
    try:
        answer = asyncio.run(_post({"to": to, "text": text, "key": str(key)}))
    except (httpx.HTTPError, TimeoutError, httpx.InvalidURL) as error:
        raise Postponed(type(error).__name__) from None
    if answer in REFUSED and answer not in BUSY:
        raise Refused(f"HTTP {answer}")
    if not 200 <= answer < 300:
        raise Postponed(f"HTTP {answer}")


async def _post(message: dict[str, str]) -> int:
    async with (
        asyncio.timeout(DEADLINE),
        httpx.AsyncClient(verify=authorities(), timeout=DEADLINE, trust_env=False) as client,
        client.stream("POST", settings.SMS_GATEWAY_URL, json=message) as answer,
    ):
        return answer.status_code
