"""How much the server still holds for a client that reads slowly.

Daphne takes every frame at once and keeps it in Twisted's buffer, so `await send` never waits.
Servers that do wait (uvicorn) are asked nothing.
"""

from __future__ import annotations

from typing import Any


def held_for_client(send: Any) -> int:
    """Bytes written to this client that it has not taken yet; 0 where the server itself waits."""
    protocol = next(iter(getattr(send, "args", ())), None)
    transport = getattr(protocol, "transport", None)
    if transport is None:
        return 0
    written = getattr(transport, "dataBuffer", b"")
    offset = getattr(transport, "offset", 0)
    return len(written) - offset + getattr(transport, "_tempDataLen", 0)
