"""A total deadline for a whole HTTP exchange, however slowly its bytes arrive (HIS law 4).

An httpx timeout counts per read: a body trickled over 20 s passes `timeout=5`. Here every
read, write and connect of the thread's exchange gets only the time that is left.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import httpcore
import httpx

_exchange = threading.local()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything this thread sends and receives inside ends within so many seconds."""
    before = getattr(_exchange, "until", None)
    _exchange.until = monotonic() + seconds
    try:
        yield
    finally:
        _exchange.until = before


def seconds_left(timeout: float | None, late: type[Exception]) -> float | None:
    """The shorter of the two limits; raises `late` when the time is up."""
    until = getattr(_exchange, "until", None)
    if until is None:
        return timeout
    left = until - monotonic()
    if left <= 0:
        raise late("the deadline has passed")
    return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step looks at the clock."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self.stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, seconds_left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, seconds_left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = seconds_left(timeout, httpcore.ConnectTimeout)
        return _Stream(self.stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)

    def close(self) -> None:
        self.stream.close()


class _Network(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = seconds_left(timeout, httpcore.ConnectTimeout)
        return _Stream(self.plain.connect_tcp(host, port, left, local_address, socket_options))


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self.answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self.answer.iter_stream()

    def close(self) -> None:
        self.answer.close()


class DeadlineTransport(httpx.BaseTransport):
    """httpx over pooled connections that keep the deadline; never repeats a request by itself."""

    def __init__(self, verify: ssl.SSLContext, connections: int) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=verify,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=20.0,
            retries=0,
            network_backend=_Network(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        sent = httpcore.Request(
            method=request.method,
            url=target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self.pool.handle_request(sent)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self.pool.close()
