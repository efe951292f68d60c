"""How large a request may be, asked before anything of it is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from django.urls import Resolver404, resolve

MEGABYTE = 1024 * 1024
USUAL = 2 * MEGABYTE  # words and ticks
ANSWER = "/too-large/"  # the page with the sentence

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[..., Awaitable[None]]
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(megabytes: int) -> Callable[[View], View]:
    """A view to which pictures are sent; every other takes two megabytes."""

    def mark(view: View) -> View:
        view.largest_body = megabytes * MEGABYTE  # type: ignore[attr-defined]
        return view

    return mark


def largest(path: str) -> int:
    """How many bytes may be sent to this address."""
    try:
        return int(getattr(resolve(path).func, "largest_body", USUAL))
    except Resolver404:
        return USUAL


class BodyLimit:
    """Refuses what is too large with a page (413), by its announced length or while it comes."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        announced = _announced(scope)
        # Most requests say that they are small: nobody has to look which door they go to.
        most = USUAL if 0 <= announced <= USUAL else largest(scope["path"])
        body = _Body(receive, most)
        is_announced = announced > most
        if not is_announced:
            await self.inner(scope, body.receive, send)
        if is_announced or body.is_too_much:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The same page in the same language, drawn by the portal itself."""
        kept = [item for item in scope["headers"] if not item[0].startswith(b"content")]
        asked = {
            **scope, "method": "GET", "path": ANSWER, "raw_path": ANSWER.encode(),
            "query_string": b"",
            "headers": [item for item in kept if item[0] != b"transfer-encoding"],
        }  # fmt: skip
        await self.inner(asked, _nothing(receive), send)


def _announced(scope: Scope) -> int:
    """The announced length; -1 for a body that comes in pieces or lies about itself."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length")
    if length is None:
        return -1 if b"transfer-encoding" in headers else 0
    return int(length) if length.isdigit() and len(length) < 20 else -1


class _Body:
    """A body that ends as a cut line does when it becomes too much: nobody answers such a one."""

    def __init__(self, inner: Receive, most: int) -> None:
        self.inner, self.left, self.is_too_much = inner, most, False

    async def receive(self) -> Message:
        message = await self.inner()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            self.is_too_much = True
            return {"type": "http.disconnect"}
        return message


def _nothing(receive: Receive) -> Receive:
    """No body; what still comes is thrown away until the line ends."""
    asked = False

    async def ending() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while (message := await receive())["type"] == "http.request":
            continue
        return message

    return ending
