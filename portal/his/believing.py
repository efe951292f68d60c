"""What an answer of the HIS is worth: size, type, shape and status, in this order (HIS law 4)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from portal.his.errors import (
    AuthFailed,
    BadPayload,
    Conflict,
    HisError,
    LockedOut,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from portal.his.wire import issues

MEGABYTE = 1024 * 1024
BIGGEST = 8 * MEGABYTE
JSON_TYPES = {"application/fhir+json", "application/json", "text/json", "application/json+fhir"}
PACKED = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the FHIR body if there was one, and where it now lives."""

    status: int
    body: dict[str, Any]
    etag: str = ""
    location: str = ""
    date: datetime | None = None


def cut(is_write: bool, reason: str) -> HisError:
    """A write whose answer was lost may have been done; a read simply was not answered."""
    return OutcomeUnknown("", reason) if is_write else Unavailable(f"no answer: {reason}")


def answer_of(response: httpx.Response, *, is_write: bool) -> Answer:
    """Status, size, type and shape, in this order; a doubtful answer to a write is unknown."""
    status = response.status_code
    if status in {429, 503}:
        raise Unavailable(f"HTTP {status}", retry_after=_retry_after(response))
    try:
        body = _json(response)
    except BadPayload as error:
        if status >= 400:
            body = {}  # the status alone says enough
        elif is_write:
            raise OutcomeUnknown("", str(error)) from None
        else:
            raise
    if status >= 500 and status != 501 and not body:
        raise cut(is_write, f"HTTP {status}")
    return Answer(
        status,
        body,
        etag=response.headers.get("etag", ""),
        location=response.headers.get("location", ""),
        date=_date(response.headers.get("date")),
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    content = _content(response)
    if not content.strip():
        return {}
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in JSON_TYPES:
        raise BadPayload("the answer is not FHIR JSON")
    try:
        body = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadPayload("the answer is not JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("resourceType"), str):
        raise BadPayload("the answer is not a FHIR resource")
    return body


def _content(response: httpx.Response) -> bytes:
    """The body as it was before packing, and of what size it may be."""
    content = bytearray()
    for part in _unpacked(response):
        content += part
        if len(content) > BIGGEST:
            raise BadPayload("the answer is larger than 8 MB")
    return bytes(content)


def _unpacked(response: httpx.Response) -> Iterable[bytes]:
    """We ask for plain bodies; a proxy that packs them all the same is understood."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in {"", "identity"}:
        return response.iter_raw()
    if coding not in PACKED:
        raise BadPayload("the answer is packed in an unknown way")
    return _inflated(response, zlib.decompressobj(PACKED[coding]))


def _inflated(response: httpx.Response, packed: Any) -> Iterator[bytes]:
    """Never more than a megabyte at a time, or a small packet could fill the memory."""
    try:
        for part in response.iter_raw():
            yield packed.decompress(part, MEGABYTE)
            while packed.unconsumed_tail:
                yield packed.decompress(packed.unconsumed_tail, MEGABYTE)
    except zlib.error:
        raise BadPayload("the answer is not packed as it says") from None
    if response.num_bytes_downloaded and not packed.eof:
        raise BadPayload("the answer ends too early")


def _no_number(word: str) -> None:
    raise ValueError(word)


def refused(answer: Answer, *, is_write: bool) -> Answer:
    """The answer itself, or the error its status stands for."""
    status, said = answer.status, issues.of(answer.body)
    if status == 401:
        raise LockedOut("HTTP 401")
    if status == 403:
        raise AuthFailed("HTTP 403")
    if status in {404, 410}:
        raise NotFound(f"HTTP {status}")
    if status in {409, 412}:
        raise Conflict("; ".join((f"HTTP {status}", *said)))
    if 400 <= status < 500 or status == 501:
        raise Rejected((f"HTTP {status}", *said))
    if status >= 500:
        raise cut(is_write, "; ".join((f"HTTP {status}", *said)))
    if status >= 300:
        raise cut(True, f"HTTP {status}") if is_write else BadPayload(f"HTTP {status}")
    return answer


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait, from seconds or a date."""
    text = response.headers.get("retry-after", "")
    if text.isdecimal():
        return min(float(text), 86400.0)
    when, now = _date(text), _date(response.headers.get("date")) or datetime.now(UTC)
    return max(0.0, (when - now).total_seconds()) if when else None


def _date(text: str | None) -> datetime | None:
    try:
        when = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when and when.tzinfo is None else when
