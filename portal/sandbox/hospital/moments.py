"""A FHIR date is a span: a day, a second, a thousandth. Without a zone it is the clinic's day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from portal.sandbox.vocabulary import CHINA

SHAPE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


class NotADate(ValueError):
    """The text is not a date that FHIR knows."""


def span(text: str) -> tuple[str, str]:
    """First moment inside and first moment after, as sortable UTC text."""
    low = _first(text)
    return _stamp(low), _stamp(_next(text, low))


def stamp(moment: datetime) -> str:
    """The moment as the database keeps it, to a thousandth of a second."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _first(text: str) -> datetime:
    found = SHAPE.fullmatch(text)
    if not found or not 1000 <= int(found[1]) <= 9998:
        raise NotADate(text)
    padded = found[1] + "-" + (found[2] or "01") + "-" + (found[3] or "01")
    clock = f"{found[4] or '00'}:{found[5] or '00'}:{found[6] or '00'}{_micro(found[7])}"
    try:
        moment = datetime.fromisoformat(f"{padded}T{clock}{found[8] or ''}")
    except ValueError as error:
        raise NotADate(text) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _micro(fraction: str | None) -> str:
    return f".{fraction[1:7].ljust(6, '0')}" if fraction else ""


def _next(text: str, low: datetime) -> datetime:
    date, _, clock = text.partition("T")
    if clock:
        if "." in clock:
            return low + timedelta(milliseconds=1)
        return low + (timedelta(seconds=1) if clock.count(":", 0, 8) > 1 else timedelta(minutes=1))
    if date.count("-") == 2:
        return low + timedelta(days=1)
    if date.count("-") == 1:
        return (low.replace(day=28) + timedelta(days=4)).replace(day=1)
    return low.replace(year=low.year + 1)


def instant(edge: str) -> datetime:
    """A sortable edge of a span as a moment."""
    return datetime.fromisoformat(f"{edge}+00:00")
