"""What a courier's telephone tells of a door, and a picture as proof, drawn anew."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from consult import pictures
from delivery.models import Proof
from portal.realtime.refusal import CommandRefused
from portal.workflow import Refused

Method = Proof.Method


@dataclass(frozen=True, slots=True)
class Said:
    """What happened at the door, as the courier's telephone tells it, now or later."""

    client_id: uuid.UUID
    seal_intact: bool = True
    code: str = ""
    name: str = ""
    method: str = ""
    picture: bytes = b""
    at: datetime | None = None
    place: str = ""


def shown(signature: UploadedFile | None, photo: UploadedFile | None) -> tuple[str, bytes]:
    """The signature or the photo, drawn anew. Raises Refused for what is no picture."""
    file = signature or photo
    if file is None:
        return "", b""
    if file.size and file.size > pictures.MOST_BYTES:
        raise Refused(_("This picture is too large."))
    try:
        picture = pictures.clean(file)
    except CommandRefused as refusal:
        raise Refused(str(refusal.message)) from refusal
    return (Method.SIGNATURE if signature else Method.PHOTO), picture.content
