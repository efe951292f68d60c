"""Keep a file and say it in the conversation, both or neither."""

from __future__ import annotations

import hashlib
import logging
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consult.attachments import knowing
from consult.attachments.knowing import Known
from consult.conversation import CommandRefused, Said, Words
from consult.conversation.saying import said
from consult.conversation.wording import fingerprint
from consult.models import Attachment, Communication, Encounter
from portal.accounts.actor import Actor
from portal.realtime.refusal import unavailable

logger = logging.getLogger(__name__)
MOST_FILES = 60  # in one conversation
FOLDER = "conversation"


class _StoredBefore(Exception):
    """The same upload was kept by another request meanwhile."""

    def __init__(self, promise: Said) -> None:
        self.promise = promise


def show(actor: Actor, encounter: Encounter, client_id: uuid.UUID, file: UploadedFile) -> Said:
    """Keep the file and say it; the same `client_id` with the same file is one message.

    Raises CommandRefused: `unsupported`, `too_large`, `conflict`, `not_open`, …
    """
    digest = knowing.digest(file)
    if earlier := _earlier(actor, encounter, client_id, knowing.kind_of(file), digest):
        return earlier
    if encounter.attachments.count() >= MOST_FILES:
        raise CommandRefused("too_large", _("This conversation holds as many files as it can."))
    known = knowing.know(file)
    try:
        return _keep(actor, encounter, client_id, known, digest)
    except _StoredBefore as before:
        return before.promise
    except OSError as error:  # a full disk refuses the picture; the words still go
        logger.error("a file could not be kept: %s", type(error).__name__)
        raise unavailable() from error


def _keep(
    actor: Actor, encounter: Encounter, client_id: uuid.UUID, known: Known, digest: str
) -> Said:
    attachment = Attachment(
        organization_id=encounter.organization_id, encounter=encounter, owner=actor.user,
        content_type=known.content_type, size=len(known.content),
        digest=hashlib.sha256(known.content).hexdigest(),
        width=known.facts.get("width"), height=known.facts.get("height"),
    )  # fmt: skip
    words = Words(
        actor, encounter.pk, client_id, kind=known.kind, body=_body(attachment, known),
        digest=digest,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return _both(attachment, known, words)
    except BaseException:
        if attachment.file.name:
            default_storage.delete(attachment.file.name)
        raise


def _both(attachment: Attachment, known: Known, words: Words) -> Said:
    name = f"{attachment.pk}.{known.suffix}"
    attachment.file.save(name, ContentFile(known.content), save=False)
    attachment.save(force_insert=True)
    promise = said(words)
    mine = Communication.objects.filter(
        encounter_id=words.encounter_id, seq=promise.seq, body__attachment=str(attachment.pk)
    )
    if not mine.exists():
        raise _StoredBefore(promise)
    return promise


def _body(attachment: Attachment, known: Known) -> dict[str, object]:
    return {
        "attachment": str(attachment.pk),
        "url": reverse("consult:attachment", args=[attachment.pk]),
        "content_type": known.content_type,
        "size": len(known.content),
        **known.facts,
    }


def _earlier(
    actor: Actor, encounter: Encounter, client_id: uuid.UUID, kind: str, digest: str
) -> Said | None:
    """The promise already given for this upload; nothing is decoded a second time."""
    mark = fingerprint(actor.user_id, client_id, f"{kind}\n{digest}\n")
    row = Communication.objects.filter(
        encounter=encounter, client_id=client_id, fingerprint=mark
    ).first()
    return Said(row.seq, row.sent, client_id) if row else None


def sweep(older_than: timedelta = timedelta(hours=1)) -> int:
    """Remove files whose row was never committed (a server killed in between)."""
    removed = 0
    for path in _files(FOLDER):
        is_old = default_storage.get_modified_time(path) < timezone.now() - older_than
        if is_old and not Attachment.objects.filter(file=path).exists():
            default_storage.delete(path)
            removed += 1
    return removed


def _files(folder: str) -> list[str]:
    if not default_storage.exists(folder):
        return []
    folders, names = default_storage.listdir(folder)
    found = [f"{folder}/{name}" for name in names]
    return found + [path for inner in folders for path in _files(f"{folder}/{inner}")]
