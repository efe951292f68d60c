from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.organization.models import Organization
from portal.record.models.people import Patient


class ConsentText(models.Model):
    """One version of a text that residents agree to; a signed version is never changed (R11)."""

    class Kind(models.TextChoices):
        ONLINE_CARE = "online-care", _("online care")
        SENSITIVE_DATA = "sensitive-data", _("use of health data")

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=100)
    body = models.TextField()
    valid_from = models.DateTimeField()

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "version", "language"], name="record_one_text_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class Consent(models.Model):
    """A resident agreed to this version of this text, at this moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "text"],
                condition=models.Q(withdrawn_at=None),
                name="record_one_live_consent_a_text",
            )
        ]

    def __str__(self) -> str:
        return f"{self.text}"
