"""What the web processes tell each other: one subscription a process, hints only.

The rows are the truth. A hint that is lost costs time, never a message: see `sweeping`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import redis
import redis.asyncio

logger = logging.getLogger(__name__)
CHANNEL = "portal:live"
PROCESS = uuid.uuid4().hex
QUEUE = 2000  # hints kept while the bus is away; older ones are read from the rows
LISTEN_SECONDS = 5.0
SILENCE_SECONDS = 15.0  # without an answer to our own ping the bus counts as away
RETRY_SECONDS = 1.0
Hint = dict[str, Any]
_OURS = f'[{{"from":"{PROCESS}"'.encode()  # how everything begins that this process says


class Bus:
    """Carries hints to the other processes and hears theirs. Lives on the server's loop."""

    def __init__(
        self, url: str, hear: Callable[[Hint], None], returned: Callable[[], None]
    ) -> None:
        self.url, self.hear, self.returned = url, hear, returned
        self.is_up = not url
        self._waiting: deque[str] = deque(maxlen=QUEUE)
        self._wake = asyncio.Event()

    def tell(self, hint: Hint) -> None:
        """Never waits and never fails."""
        if self.url:
            self._waiting.append(said(hint))
            self._wake.set()

    async def listen(self) -> None:
        """Hear the others for ever; ends only by an error, and is then started again."""
        client = connect(self.url)
        try:
            async with client.pubsub() as line:
                await line.subscribe(CHANNEL)
                self.is_up = True
                self.returned()
                await self._hear_all(line)
        finally:
            self.is_up = False
            await client.aclose()

    async def _hear_all(self, line: Any) -> None:
        heard = time.monotonic()
        while time.monotonic() - heard < SILENCE_SECONDS:
            message = await line.get_message(timeout=LISTEN_SECONDS)
            if message is None:
                await line.ping()
                continue
            heard = time.monotonic()
            if message["type"] == "message":
                self._hear_one(message["data"])
        raise redis.ConnectionError("the bus is silent")

    def _hear_one(self, data: bytes) -> None:
        if data.startswith(_OURS):  # our own words come back to us as well
            return
        for hint in json.loads(data):
            if hint.get("from") != PROCESS:
                self.hear(hint)

    async def speak(self) -> None:
        """Send what waits, all of it in one PUBLISH."""
        client = connect(self.url)
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                hints = list(self._waiting)
                self._waiting.clear()
                async with asyncio.timeout(2):
                    await client.publish(CHANNEL, wrapped(hints))
        finally:
            await client.aclose()


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def said(hint: Hint) -> str:
    """A hint as the bus carries it; who says it stands first."""
    return _encoder.encode({"from": PROCESS, **hint})


def wrapped(hints: Iterable[str]) -> str:
    """Hints in one message."""
    return f"[{','.join(hints)}]"


def connect(url: str) -> redis.asyncio.Redis:
    """redis-py 8 would end an idle subscription after 5 s unless told not to."""
    return redis.asyncio.Redis.from_url(url, socket_timeout=None, socket_connect_timeout=3)
