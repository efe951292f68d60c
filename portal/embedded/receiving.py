"""Bodies as they come in: what is too large is answered at once, and the rest of it thrown away.

Daphne hands a request on when its last byte is there, and Twisted reads every form a second time.
Here a body is kept only while it may still be small enough, and only the portal reads forms.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server as Daphne
from twisted.internet import reactor

from portal import uploads

LINGER_S = 10  # how long somebody who still sends may take to read the answer
OF_THE_BODY = ("Content-Length", "Content-Type", "Transfer-Encoding", "Expect")


class Request(WebRequest):
    """One request; a body that is announced or becomes too large is refused with a page (413)."""

    is_refused = False
    left = 0

    def __init__(self, channel: Any, queued: Any = False) -> None:
        super().__init__(channel, queued, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:
        """The head is there; `length` is None for a body that comes in pieces."""
        is_small = length is not None and length <= uploads.USUAL
        self.left = uploads.USUAL if is_small else uploads.largest(self._asked_path())
        if length is not None and length > self.left:
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:
        self.left -= len(data)
        if self.is_refused:
            return
        if self.left < 0:
            self.content.close()
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if not self.is_refused:
            super().requestReceived(command, path, version)

    def _asked_path(self) -> str:
        path: bytes = self.channel._path.split(b"?", 1)[0]
        return unquote(path.decode("ascii", "replace"))

    def _refuse(self) -> None:
        """Draw the page now; nothing that still comes on this line is a request."""
        self.is_refused = True
        channel = self.channel
        channel.persistent = False
        channel.rawDataReceived = _throw_away
        channel.loseConnection = lambda: _linger(channel.transport)
        for name in OF_THE_BODY:
            self.requestHeaders.removeHeader(name)
        self.responseHeaders.setRawHeaders("Connection", ["close"])
        super().gotLength(0)
        super().requestReceived(b"GET", uploads.ANSWER.encode(), channel._version)


def _throw_away(data: bytes) -> None:
    """Nobody keeps it."""


def _linger(transport: Any) -> None:
    """Say that this was all, and let the other side read it: a line cut now would lose it."""
    transport.loseWriteConnection()
    clock: Any = reactor
    clock.callLater(LINGER_S, transport.abortConnection)


class Factory(HTTPFactory):
    """Lines on which every request is one of ours."""

    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol


class Server(Daphne):
    """Daphne, with our factory in the place of the one that it makes itself."""

    @property
    def http_factory(self) -> Factory:
        return self._factory

    @http_factory.setter
    def http_factory(self, usual: HTTPFactory) -> None:
        self._factory = Factory(usual.server)

    @property
    def ws_factory(self) -> Any:
        return self._sockets

    @ws_factory.setter
    def ws_factory(self, usual: Any) -> None:
        usual.setProtocolOptions(failByDrop=False)  # a frame too large ends with its code (1009)
        self._sockets = usual
