"""The way to the socket: one address, and only from our own pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlparse

from channels.security.websocket import OriginValidator


class SameOrigin(OriginValidator):
    """Channels' check of scheme, host and port; whatever cannot be read as an origin is foreign."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/live/" and self.comes_from_us(scope["headers"]):
            await self.application(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close"})  # 403 before anything is accepted

    def comes_from_us(self, headers: list[tuple[bytes, bytes]]) -> bool:
        origins = [value for name, value in headers if name == b"origin"]
        if len(origins) != 1:
            return False
        try:
            return self.valid_origin(urlparse(origins[0].decode("ascii")))
        except ValueError:
            return False
