"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from consult import pictures
from consult.attachments import voices
from consult.models import Communication
from portal.realtime.refusal import CommandRefused, Sentence

Kind = Communication.Kind
MEGABYTE = 1024 * 1024
PDF_BYTES = 10 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Known:
    """A file that may be kept: what it is, and the bytes as they are stored."""

    kind: str
    content_type: str
    suffix: str
    content: bytes
    facts: dict[str, Any] = field(default_factory=dict)  # width, height, seconds


def digest(file: UploadedFile) -> str:
    """Which file it is, before anything is made of it."""
    hashed = hashlib.sha256()
    for chunk in file.chunks():
        hashed.update(chunk)
    file.seek(0)
    return hashed.hexdigest()


def kind_of(file: UploadedFile) -> str:
    """picture, voice or file. Raises CommandRefused for everything else."""
    head = file.read(64)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        return Kind.FILE
    if voices.is_voice(head):
        return Kind.VOICE
    if pictures.is_picture(head):
        return Kind.PICTURE
    raise refused(_("Only pictures (JPEG, PNG, WebP, HEIC), voice messages and PDF can be sent."))


def know(file: UploadedFile) -> Known:
    """Read and clean the file. Raises CommandRefused with the sentence."""
    kind = kind_of(file)
    if kind == Kind.PICTURE:
        _at_most(file, pictures.MOST_BYTES, _("This picture is larger than 12 MB."))
        picture = pictures.clean(file)
        facts = {"width": picture.width, "height": picture.height}
        return Known(kind, "image/jpeg", "jpg", picture.content, facts)
    if kind == Kind.VOICE:
        _at_most(file, voices.MOST_BYTES, _("This voice message is larger than 2 MB."))
        voice = voices.clean(file.read())
        facts = {"seconds": voice.seconds}
        return Known(kind, voice.content_type, voice.suffix, voice.content, facts)
    _at_most(file, PDF_BYTES, _("This PDF is larger than 10 MB."))
    content = file.read()
    if b"%%EOF" not in content[-2048:]:
        raise refused(_("This PDF is not complete. Please send it again."))
    return Known(kind, "application/pdf", "pdf", content)


def _at_most(file: UploadedFile, size: int, sentence: Sentence) -> None:
    if file.size is None or file.size > size:
        raise CommandRefused("too_large", sentence)


def refused(sentence: Sentence) -> CommandRefused:
    return CommandRefused("unsupported", sentence)
