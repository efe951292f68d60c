"""A file of a conversation, only for those who may see the conversation, and in no cache."""

from __future__ import annotations

import re
import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from consult import recording
from consult.models import Attachment
from portal.accounts.actor import ActorRequest, role_required
from portal.accounts.models import User

NAMES = {
    "image/jpeg": ("inline", "picture.jpg"),
    "audio/webm": ("inline", "voice.webm"),
    "audio/mp4": ("inline", "voice.m4a"),
}
DOWNLOAD = ("attachment", "document.pdf")
RANGE = re.compile(r"bytes=(\d{1,10})-(\d{0,10})$", re.ASCII)


@require_GET
@role_required(User.Role.RESIDENT, User.Role.DOCTOR)
def attachment(request: ActorRequest, pk: uuid.UUID) -> HttpResponse:
    """The bytes as they were kept; a withdrawn message takes its file with it."""
    row = get_object_or_404(Attachment.objects.visible_to(request.actor), pk=pk)
    if not row.is_shown:
        raise Http404
    recording.show_file(request.actor, row)
    try:
        with row.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    response = _part(request.headers.get("Range", ""), content, row.content_type)
    shape, name = NAMES.get(row.content_type, DOWNLOAD)
    response["Content-Disposition"] = f'{shape}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _part(wanted: str, content: bytes, content_type: str) -> HttpResponse:
    """All of it, or the range that Safari asks for before it plays a sound."""
    found = RANGE.match(wanted)
    if found is None:
        response = HttpResponse(content, content_type=content_type)
        response["Accept-Ranges"] = "bytes"
        return response
    start, end = int(found[1]), min(int(found[2] or len(content)), len(content) - 1)
    if start > end:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{len(content)}"
        return response
    response = HttpResponse(content[start : end + 1], content_type=content_type, status=206)
    response["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
    return response
