from __future__ import annotations

import hashlib
import json
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.models.encounter import Encounter
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient, Practitioner


class ConsultationRecordQuerySet(ActorQuerySet["ConsultationRecord"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The doctor's own drafts and notes; the resident's own once signed (R47)."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id, status="final")
        if actor.role == User.Role.DOCTOR:
            return self.filter(practitioner__user_id=actor.user_id)
        return self.none()


class ConsultationRecord(models.Model):
    """The doctor's note of one consultation (R35); a draft until signed, then only addenda."""

    class Status(models.TextChoices):
        DRAFT = "preliminary", _("draft")
        FINAL = "final", _("signed")

    class Verdict(models.TextChoices):
        OPEN = "", _("not judged yet")
        MEETS = "meets", _("meets the conditions of a follow-up")
        FAILS = "fails", _("does not meet the conditions of a follow-up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    encounter = models.OneToOneField(Encounter, models.PROTECT, related_name="note")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    complaint = models.TextField(blank=True)
    history = models.TextField(blank=True)
    assessment = models.JSONField(default=list, blank=True)  # ICD-10 codes
    advice = models.TextField(blank=True)
    next_review = models.DateField(null=True, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.OPEN, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)
    verdict_by = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signature = models.TextField(blank=True)
    signed_bytes = models.TextField(blank=True)
    updated = models.DateTimeField(auto_now=True)
    his_ref = models.CharField(max_length=120, blank=True)
    his_version = models.CharField(max_length=64, blank=True)

    objects = ConsultationRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="final") | (~Q(signature="") & Q(signed_at__isnull=False)),
                name="note_final_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(verdict_at__isnull=False, verdict_by__isnull=False),
                name="note_verdict_says_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}"

    @property
    def mark(self) -> str:
        """What is written, as a short sign: two windows that show the same have the same."""
        codes = sorted(item["code"] for item in self.assessment)
        written = [self.complaint, self.history, codes, self.advice, str(self.next_review or "")]
        return hashlib.sha256(json.dumps(written).encode()).hexdigest()[:16]


class Addendum(models.Model):
    """What a doctor adds to a signed note (R45)."""

    note = models.ForeignKey(ConsultationRecord, models.PROTECT, related_name="addenda")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    signature = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at"]

    def __str__(self) -> str:
        return self.text[:40]

    def as_signed(self) -> str:
        """The signed words: which note, when, what."""
        return f"{self.note_id}\n{self.signed_at.isoformat()}\n{self.text}"


class QuickPhraseQuerySet(ActorQuerySet["QuickPhrase"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """A doctor's own."""
        if actor is None or actor.role != User.Role.DOCTOR:
            return self.none()
        return self.filter(practitioner__user_id=actor.user_id)


class QuickPhrase(models.Model):
    """A sentence a doctor writes often."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0)

    objects = QuickPhraseQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text
