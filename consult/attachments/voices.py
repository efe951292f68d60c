"""A voice message: WebM with Opus or MP4 with AAC, one minute, nothing but sound."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from consult.attachments import mp4, webm
from portal.realtime.refusal import CommandRefused

MOST_BYTES = 2 * 1024 * 1024
MOST_SECONDS = 60
GRACE = 1.0  # a recorder stops a moment after its minute
EBML = b"\x1a\x45\xdf\xa3"


@dataclass(frozen=True, slots=True)
class Voice:
    content: bytes
    content_type: str
    suffix: str
    seconds: int


def is_voice(head: bytes) -> bool:
    return head.startswith(EBML) or (head[4:8] == b"ftyp" and head[8:12] in mp4.BRANDS)


def clean(content: bytes) -> Voice:
    """Raises CommandRefused: not a voice, with pictures in it, or longer than a minute."""
    is_webm = content.startswith(EBML)
    container = webm if is_webm else mp4
    try:
        sound = container.read(content)
    except (struct.error, IndexError, ValueError, OverflowError):
        raise _unreadable() from None
    if sound.codecs != {container.CODEC}:
        raise _unreadable()
    if not 0 < sound.seconds <= MOST_SECONDS + GRACE:
        raise CommandRefused("too_large", _("A voice message can last one minute."))
    kind, suffix = ("audio/webm", "webm") if is_webm else ("audio/mp4", "m4a")
    return Voice(sound.content, kind, suffix, math.ceil(sound.seconds - GRACE / 2) or 1)


def _unreadable() -> CommandRefused:
    return CommandRefused("unsupported", _("This voice message cannot be read."))
