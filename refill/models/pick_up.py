from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient
from portal.secrecy import EncryptedTextField


class PickUpQuerySet(ActorQuerySet["PickUp"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own; the centre's pharmacists."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.PHARMACIST:
            return self.filter(organization_id=actor.organization_id)
        return self.none()

    def waiting(self) -> Self:
        return self.filter(closed_at=None).order_by("created", "pk")


class PickUp(models.Model):
    """A resident comes to the counter for what is packed, and proves it with a one-time code."""

    class Status(models.TextChoices):
        OPEN = "open", _("ready to be picked up")
        STOPPED = "stopped", _("stopped after three wrong tries")
        COLLECTED = "collected", _("picked up")
        WITHDRAWN = "withdrawn", _("not to be picked up any more")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    code = EncryptedTextField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PickUpQuerySet.as_manager()

    class Meta:
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "organization"],
                condition=Q(closed_at=None),
                name="pick_up_one_open_a_resident",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("collected", "withdrawn"), closed_at__isnull=False)
                | Q(status__in=("open", "stopped"), closed_at=None),
                name="pick_up_closed_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "closed_at", "created"], name="pick_up_queue")
        ]

    def __str__(self) -> str:
        return f"{self.status}"
