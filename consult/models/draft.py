from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient
from portal.secrecy import EncryptedTextField


class BookingDraftQuerySet(ActorQuerySet["BookingDraft"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own; their doctor, who may have to call after a warning sign."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(patient__general_practitioner__user_id=actor.user_id)
        return self.none()


class BookingDraft(models.Model):
    """What a resident has answered so far on the way to an appointment."""

    patient = models.OneToOneField(Patient, models.CASCADE, primary_key=True, related_name="+")
    evidence = models.JSONField(default=list)
    reason_codes = models.JSONField(default=list)
    reason = EncryptedTextField(blank=True)
    red_flags = models.JSONField(default=list)
    chosen_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = BookingDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.chosen_at}"


class EvidencePaperQuerySet(ActorQuerySet["EvidencePaper"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident who showed it, and the resident's doctor."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(patient__general_practitioner__user_id=actor.user_id)
        return self.none()


class EvidencePaper(models.Model):
    """A paper with a diagnosis that the resident photographed (R26); kept with the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file = models.FileField(upload_to="evidence/%Y/%m/")
    content_type = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    icd10 = models.CharField(max_length=8)
    text = models.CharField(max_length=200)
    day = models.DateField()
    created = models.DateTimeField(auto_now_add=True)

    objects = EvidencePaperQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.text
