"""The thin HTTP client: one request, one deadline, one clear outcome (HIS laws 2 to 5).

It never repeats a request, never follows a redirect, never believes a body before its
content type and resourceType fit, and never reads more than 8 MB.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpcore
import httpx
from django.db import connection

from portal.his.auth import Auth
from portal.his.believing import Answer, answer_of, cut, refused
from portal.his.breaker import Breaker, Permit
from portal.his.deadline import DeadlineTransport, deadline
from portal.his.errors import BadPayload, LockedOut, OutcomeUnknown, Unavailable

READ_SECONDS, WRITE_SECONDS = 3.0, 8.0
CONNECTIONS = 8  # a slow HIS holds at most so many threads of a process
UNSENT = (
    httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout,
    httpcore.UnsupportedProtocol,
)  # fmt: skip
CUT = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError)


class Client:
    """Requests to one HIS, from any thread."""

    def __init__(self, base_url: str, auth: Auth, verify: ssl.SSLContext) -> None:
        self.base_url = base_url.rstrip("/")
        self.auth = auth
        self.reads, self.writes = Breaker(base_url, "read"), Breaker(base_url, "write")
        transport = DeadlineTransport(verify, CONNECTIONS)
        self.http = httpx.Client(transport=transport, trust_env=False, follow_redirects=False)

    def close(self) -> None:
        self.http.close()

    def read(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        seconds: float = READ_SECONDS,
        form: bool = False,
    ) -> Answer:
        """GET, or a search whose words must not stand in an access log (`form`)."""
        words = {"data": params} if form else {"params": params}
        return self._exchange("POST" if form else "GET", path, seconds, is_write=False, **words)

    def ask(self, path: str, body: dict[str, Any], *, seconds: float = READ_SECONDS) -> Answer:
        """An operation that changes nothing, such as $match."""
        return self._exchange("POST", path, seconds, is_write=False, resource=body)

    def write(
        self,
        method: str,
        path: str,
        body: dict[str, Any],
        headers: dict[str, str] | None = None,
        *,
        seconds: float = WRITE_SECONDS,
    ) -> Answer:
        """POST or PUT a resource, once. Raises OutcomeUnknown when it may have arrived."""
        return self._exchange(
            method, path, seconds, is_write=True, resource=body, headers=headers or {}
        )

    def _exchange(
        self, method: str, path: str, seconds: float, *, is_write: bool, **parts: Any
    ) -> Answer:
        _refuse_to_wait_here()
        permit = (self.writes if is_write else self.reads).enter()
        until = time.monotonic() + seconds
        answer = self._judged(method, path, until, permit, is_write=is_write, **parts)
        if answer.status == 401 and self.auth.renew():
            answer = self._judged(method, path, until, permit, is_write=is_write, **parts)
        return refused(answer, is_write=is_write)

    def _judged(self, method: str, path: str, until: float, permit: Permit, **parts: Any) -> Answer:
        """One exchange, and what it says about the health of the HIS."""
        try:
            answer = self._once(method, path, until - time.monotonic(), **parts)
        except Unavailable as error:
            permit.failed(error.retry_after)
            raise
        except (OutcomeUnknown, BadPayload):
            permit.failed()
            raise
        permit.succeeded()  # a server that answers in FHIR lives, even when it says 500
        return answer

    def _once(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        is_write: bool,
        resource: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **parts: Any,
    ) -> Answer:
        with deadline(seconds):
            request = self._request(method, path, seconds, resource, headers or {}, parts)
            try:
                response = self.http.send(request, stream=True)
                try:
                    return answer_of(response, is_write=is_write)
                finally:
                    response.close()
            except UNSENT as error:
                raise Unavailable(f"cannot be reached: {type(error).__name__}") from None
            except CUT as error:
                raise cut(is_write, type(error).__name__) from None

    def _request(
        self,
        method: str,
        path: str,
        seconds: float,
        resource: dict[str, Any] | None,
        headers: dict[str, str],
        parts: dict[str, Any],
    ) -> httpx.Request:
        own = {"Accept": "application/fhir+json", "Accept-Encoding": "identity"}
        if resource is not None:
            parts["content"] = json.dumps(resource, ensure_ascii=False).encode()
            own |= {"Content-Type": "application/fhir+json", "Prefer": "return=representation"}
        own |= self.auth.headers(self._post_form) | headers
        try:
            return self.http.build_request(
                method, self.url(path), headers=own, timeout=max(seconds, 0.001), **parts
            )
        except (httpx.InvalidURL, ValueError):
            raise BadPayload("the address is not one") from None

    def url(self, path: str) -> str:
        """Below our base; a full address (the next page) only when it is on the same server."""
        if "://" not in path:
            return f"{self.base_url}/{path}".rstrip("/")
        if _server(self.base_url)[:3] != _server(path)[:3] or _server(path)[3]:
            raise BadPayload("the next page is on another server")
        return path

    def _post_form(self, url: str, form: dict[str, str]) -> dict[str, object]:
        """Buy a token inside the deadline of the request that needs it."""
        try:
            response = self.http.post(url, data=form, headers={"Accept-Encoding": "identity"})
        except (*UNSENT, *CUT) as error:
            raise Unavailable(f"token server: {type(error).__name__}") from None
        if response.status_code in {400, 401, 403}:
            raise LockedOut("the token server refuses the portal")
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if response.status_code != 200 or not isinstance(answer, dict):
            raise Unavailable(f"token server: HTTP {response.status_code}")
        return answer


def _server(address: str) -> tuple[str, str, int | None, bytes]:
    """As the client itself reads it, so that no spelling leads elsewhere; 443 may be left out."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise BadPayload("the address is not one") from None
    port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, port, url.userinfo


def _refuse_to_wait_here() -> None:
    """A mistake of ours, not of the HIS: never wait in a transaction or on the loop (law 10)."""
    blocks = connection.atomic_blocks
    if blocks and not getattr(blocks[-1], "_from_testcase", False):
        raise RuntimeError("The HIS is asked inside a database transaction.")
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("The HIS is asked on the event loop.")
