"""Clinical words kept in two languages beside each other."""

from __future__ import annotations

from django.utils.translation import get_language


def pick(english: str, chinese: str, reader: str | None = None) -> str:
    """The word in the reader's language; the other one when it is missing."""
    tongue = reader or get_language() or "en"
    return (chinese or english) if tongue.startswith("zh") else (english or chinese)
