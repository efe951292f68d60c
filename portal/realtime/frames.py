"""What a client may send: one JSON object a frame, read strictly."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.realtime import limits
from portal.realtime.refusal import CommandRefused, malformed

Frame = dict[str, Any]
MAX_INTEGER = 2**31 - 1


def read(text: str | None) -> Frame:
    """The object in a frame; raises CommandRefused for anything else, however odd."""
    if text is None:
        raise malformed(_("Only text frames are understood."))
    if (
        len(text) > limits.FRAME_BYTES
        or len(text.encode(errors="surrogatepass")) > limits.FRAME_BYTES
    ):
        raise CommandRefused(
            "too_large", _("This is too large to send."), close=limits.Close.TOO_LARGE
        )
    try:
        frame = _decoder.decode(text)
    except (ValueError, RecursionError):
        raise malformed(_("This is not a JSON object.")) from None
    if type(frame) is not dict:
        raise malformed(_("This is not a JSON object."))
    return frame


def identity(frame: Frame) -> str | int | None:
    """The client's own number for this command, when it is one that can be echoed."""
    value = frame.get("id")
    if type(value) is str and len(value) <= 64 and is_storable(value):
        return value
    if type(value) is int and abs(value) < 2**53:
        return value
    return None


def field(frame: Frame, name: str, kind: type) -> Any:
    """One field in its type; raises CommandRefused when missing or of another type."""
    try:
        return _READERS[kind](frame[name])
    except (KeyError, TypeError, ValueError):
        raise malformed(_("The field “%(name)s” is missing or wrong.") % {"name": name}) from None


def is_storable(text: str) -> bool:
    """False for half characters and NUL, which no database keeps."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Any) -> str:
    if type(value) is not str or not is_storable(value):
        raise ValueError
    return value


def _uuid(value: Any) -> uuid.UUID:
    if type(value) is not str or len(value) != 36:
        raise ValueError
    return uuid.UUID(value)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_INTEGER:
        raise ValueError
    return value


def _once(pairs: list[tuple[str, Any]]) -> Frame:
    frame = dict(pairs)
    if len(frame) != len(pairs):
        raise ValueError("a key twice")
    return frame


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_READERS = {str: _text, uuid.UUID: _uuid, int: _number}
_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
