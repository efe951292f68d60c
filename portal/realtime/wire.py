"""The way to one client: frames go straight into Daphne's transport, in the order they are given.

Through the server's own reply path every frame costs a task, two coroutines and a log line that
nobody reads: half of what a message costs. Only what that path would do itself is done here: the
frame is put together and written while the socket is open, and everything else (another server,
a socket that is opening or closing) goes the usual way.

Daphne takes every frame at once and keeps it in Twisted's buffer, so `await send` never waits:
`held` says how much it still holds for a client that reads slowly. Servers that do wait (uvicorn)
are asked nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol

from portal.realtime import limits

logger = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
TEXT = 0x81  # a text frame, whole
SMALL, MEDIUM = 125, 0xFFFF  # lengths that fit the first byte, and two more


class Wire:
    """One client's end of the line."""

    __slots__ = ("_protocol", "_send")

    def __init__(self, send: Send) -> None:
        self._send = send
        protocol = next(iter(getattr(send, "args", ())), None)
        self._protocol: Any = protocol if isinstance(protocol, WebSocketProtocol) else None

    def held(self) -> int:
        """Bytes written to this client that it has not taken yet; 0 where the server waits."""
        transport = getattr(self._protocol, "transport", None)
        if transport is None:
            return 0
        written = getattr(transport, "dataBuffer", b"")
        offset = getattr(transport, "offset", 0)
        return len(written) - offset + getattr(transport, "_tempDataLen", 0)

    def is_full(self) -> bool:
        return self.held() > limits.WIRE_BYTES

    def write(self, frame: str) -> bool:
        """Write at once; False when the frame has to go the usual way or to wait."""
        protocol = self._protocol
        if protocol is None or protocol.state != WebSocketProtocol.STATE_OPEN or self.is_full():
            return False
        try:
            protocol.transport.write(framed(frame.encode()))
        except Exception as error:  # this client's trouble stays this client's
            logger.info("a socket could not be written to: %s", type(error).__name__)
            return False
        return True

    async def send(self, frame: str) -> None:
        """The server's own way. Raises what the server raises when the client is gone."""
        await self._send({"type": "websocket.send", "text": frame})

    async def close(self, code: int) -> None:
        await self._send({"type": "websocket.close", "code": code})


def framed(payload: bytes) -> bytes:
    """A server's text frame as it stands on the wire (RFC 6455, section 5.2)."""
    size = len(payload)
    if size <= SMALL:
        head = bytes((TEXT, size))
    elif size <= MEDIUM:
        head = bytes((TEXT, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((TEXT, 127)) + size.to_bytes(8, "big")
    return head + payload
