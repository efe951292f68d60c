from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sound:
    """What a container holds: its codecs, how long it really plays, and its bytes without tags."""

    codecs: set[str]
    seconds: float
    content: bytes
