from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.models.encounter import Encounter
from portal.organization.models import Organization
from portal.record.models import Patient, Practitioner


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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="final") | (~Q(signature="") & Q(signed_at__isnull=False)),
                name="note_final_is_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id}"


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


class QuickPhrase(models.Model):
    """A sentence a doctor writes often."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text
