from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from delivery.models.parcel import SupplyDelivery


class CallNumber(models.Model):
    """The number by which one courier reaches the receiver of one parcel, while it is theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parcel = models.ForeignKey(SupplyDelivery, models.PROTECT, related_name="call_numbers")
    courier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.CharField(max_length=21, blank=True)  # the relay's; empty until it answers
    until = models.DateTimeField()
    asked = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(withdrawn_at=None), name="call_number_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.number
