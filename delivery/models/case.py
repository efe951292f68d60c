from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from delivery.models.parcel import SupplyDelivery
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient


class RefundOrReplaceQuerySet(ActorQuerySet["RefundOrReplace"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The counter and the manager of the centre."""
        if actor is None or actor.role not in (User.Role.PHARMACIST, User.Role.MANAGER):
            return self.none()
        return self.filter(organization_id=actor.organization_id)

    def waiting(self) -> Self:
        return self.filter(status=RefundOrReplace.Status.REQUESTED).order_by("due_at", "pk")


class RefundOrReplace(models.Model):
    """A parcel that did not arrive: somebody decides what the resident gets instead."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("to be decided")
        COMPLETED = "completed", _("settled")

    class Outcome(models.TextChoices):
        COLLECTED = "collected", _("collected at the centre")
        REFUNDED = "refunded", _("paid back")
        REPLACED = "replaced", _("sent again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    parcel = models.OneToOneField(SupplyDelivery, models.PROTECT, related_name="case")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    days_left = models.IntegerField(null=True, blank=True)  # of the medicine at home (R68)
    created = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    team_called_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RefundOrReplaceQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="requested", outcome="")
                | (Q(status="completed") & ~Q(outcome="")),
                name="case_settled_says_how",
            )
        ]
        indexes = [models.Index(fields=["organization", "status", "due_at"], name="case_queue")]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.status}"
