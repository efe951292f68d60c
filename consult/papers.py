"""A paper with a diagnosis that the resident photographs, where the record cannot be read (R26)."""

from __future__ import annotations

import hashlib
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from consult import pictures
from consult.models import EvidencePaper
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.realtime.refusal import CommandRefused
from portal.record.models import Patient
from portal.terminology import icd10
from portal.workflow import Refused

MOST_PAPERS = 10
#: What most people of a family doctor's panel are followed up for; the doctor judges the paper.
COMMON = ("I10", "E11", "I25", "I48", "J45", "J44", "E78", "I69", "N18", "M81", "K21", "G47", "F32")


def diagnoses() -> list[tuple[str, str]]:
    """The buttons a resident can press: nothing has to be typed (R28)."""
    known = (icd10.find(code) for code in COMMON)
    return [(item.code, item.display()) for item in known if item]


@transaction.atomic
def show(actor: Actor, patient: Patient, file: UploadedFile, code: str, day: date) -> EvidencePaper:
    """Keep the picture, re-encoded, as evidence that the doctor judges. Raises Refused."""
    diagnosis = icd10.find(code)
    if actor.user is None or diagnosis is None:
        raise Refused(_("Please choose the illness with the buttons shown."))
    if EvidencePaper.objects.filter(patient=patient).count() >= MOST_PAPERS:
        raise Refused(_("Ten papers are enough. Please call the centre."))
    content = picture(file)
    paper = EvidencePaper.objects.create(
        organization_id=patient.organization_id, patient=patient, owner=actor.user,
        file=ContentFile(content, name="paper.jpg"), content_type="image/jpeg",
        digest=hashlib.sha256(content).hexdigest(), icd10=diagnosis.code,
        text=diagnosis.display(), day=day,
    )  # fmt: skip
    journal.write(actor, "show-paper", paper)
    return paper


def picture(file: UploadedFile) -> bytes:
    """The picture alone, without place, time or comment. Raises Refused for anything else."""
    if file.size is None or file.size > pictures.MOST_BYTES:
        raise Refused(_("This picture is larger than 12 MB. Please send a smaller one."))
    head = file.read(64)
    file.seek(0)
    if not pictures.is_picture(head):
        raise Refused(_("This is not a picture we can read: JPEG, PNG, WebP or HEIC."))
    try:
        return pictures.clean(file).content
    except CommandRefused as refusal:
        raise Refused(str(refusal.message)) from None
