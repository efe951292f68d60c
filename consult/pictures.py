"""A picture is drawn anew: what it shows stays, where and when it was taken does not."""

from __future__ import annotations

import io
import struct
import threading
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from portal.realtime.refusal import CommandRefused

register_heif_opener()
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2048
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
UNREADABLE = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError,
    struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
_two_at_once = threading.BoundedSemaphore(2)  # forty megapixels are 160 MB while they are drawn


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG without anything but its pixels."""

    content: bytes
    width: int
    height: int


def is_picture(head: bytes) -> bool:
    return (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS)
    )


def clean(file: UploadedFile) -> Picture:
    """Drawn anew, at most 2,048 px. Raises CommandRefused; nothing large is decoded for it."""
    with _two_at_once:
        try:
            return _drawn_anew(file)
        except UNREADABLE:
            raise CommandRefused(
                "unsupported", _("This picture cannot be read. Please take it again.")
            ) from None


def _drawn_anew(file: UploadedFile) -> Picture:
    with Image.open(file, formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise CommandRefused(
                "too_large", _("This picture has too many points. Please send a smaller one.")
            )
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
    flat = _on_white(upright)
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat.info.clear()  # Pillow would write a JPEG's comment back, and HTML can hide in it
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return Picture(out.getvalue(), flat.width, flat.height)


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, which JPEG would show as black."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white
