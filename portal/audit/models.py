from __future__ import annotations

from django.conf import settings
from django.db import models

from portal.organization.models import Organization


class JournalHead(models.Model):
    """The last link of a centre's chain; its row lock keeps the chain one."""

    organization = models.OneToOneField(Organization, models.PROTECT, primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)


class AuditEvent(models.Model):
    """One line of the journal: who did what to which row, for whom; never changed afterwards."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField()
    recorded = models.DateTimeField()
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=12)
    subject = models.UUIDField(null=True, blank=True)
    action = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    entity_id = models.CharField(max_length=36)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["organization", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sequence"], name="audit_one_line_a_number"
            )
        ]
        indexes = [
            models.Index(fields=["entity", "entity_id", "sequence"], name="audit_by_entity"),
            models.Index(fields=["subject", "recorded"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.entity}"
