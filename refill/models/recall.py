from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.organization.models import Organization


class Recall(models.Model):
    """A lot that leaves no shelf any more, in no centre, and whose receivers are told (R88)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")  # who began it
    lot_number = models.CharField(max_length=40, unique=True)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(lot_number="") & ~Q(reason=""), name="recall_says_what_and_why"
            )
        ]

    def __str__(self) -> str:
        return self.lot_number
