from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consult.models.encounter import Encounter
from portal.accounts.actor import Actor
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.secrecy import EncryptedTextField


class Communication(models.Model):
    """One message of a conversation: stored once, in order, for good."""

    class Author(models.TextChoices):
        DOCTOR = "doctor", _("doctor")
        RESIDENT = "resident", _("resident")
        HELPER = "helper", _("helper")
        SYSTEM = "system", _("notice")

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        PICTURE = "picture", _("picture")
        VOICE = "voice", _("voice")
        FILE = "file", _("file")
        CARD = "card", _("card")

    id = models.BigAutoField(primary_key=True)
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="messages")
    seq = models.PositiveIntegerField()
    client_id = models.UUIDField()
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    author_kind = models.CharField(max_length=8, choices=Author)
    sent = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    text = EncryptedTextField(blank=True)
    body = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=32)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["encounter", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["encounter", "seq"], name="message_one_a_number"),
            models.UniqueConstraint(fields=["encounter", "client_id"], name="message_stored_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}"


class ReadMark(models.Model):
    """How far a person has read a conversation; only ever forward."""

    encounter = models.ForeignKey(Encounter, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["encounter", "person"], name="read_mark_one_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.seq}"


class AttachmentQuerySet(ActorQuerySet["Attachment"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Who may see the room may see what was shown in it."""
        return self.filter(encounter__in=Encounter.objects.visible_to(actor))


class Attachment(models.Model):
    """A picture, a voice message or a paper shown in a conversation; kept private."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="attachments")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file = models.FileField(upload_to="conversation/%Y/%m/")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.content_type

    @property
    def is_shown(self) -> bool:
        """A withdrawn message takes its file with it."""
        messages = Communication.objects.filter(encounter_id=self.encounter_id)
        return messages.filter(body__attachment=str(self.pk), withdrawn_at=None).exists()
