from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet


class OutboxQuerySet(ActorQuerySet["OutboxMessage"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The manager of the centre it was sent for."""
        if actor is None or actor.role != User.Role.MANAGER:
            return self.none()
        return self.filter(organization_id=actor.organization_id)


class OutboxMessage(models.Model):
    """Something the outside world must be told: written with the change, sent after commit."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting to be sent")
        IN_FLIGHT = "in-flight", _("being sent")
        UNKNOWN = "unknown", _("sent, answer not known")
        DONE = "done", _("delivered")
        CONFLICT = "conflict", _("refused: the other side has changed")
        REJECTED = "rejected", _("refused by the other side")
        DEAD = "dead", _("given up, needs a person")
        DISCARDED = "discarded", _("discarded by a person")

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    lane = models.CharField(max_length=64)
    depends_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    priority = models.PositiveSmallIntegerField(default=5)
    payload = models.JSONField(default=dict)
    payload_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    next_at = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True, blank=True)
    may_have_arrived = models.BooleanField(default=False)
    faults = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    remote_ref = models.CharField(max_length=500, blank=True)  # five ids of 64 letters
    remote_version = models.CharField(max_length=64, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "priority", "next_at"], name="outbox_due"),
            models.Index(fields=["lane", "state", "id"], name="outbox_lane"),
            models.Index(fields=["organization", "state", "done_at"], name="outbox_of_centre"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def peer(self) -> tuple[uuid.UUID, str]:
        """Who has to answer: the centre's HIS, its SMS gateway …"""
        return self.organization_id, self.kind.partition(".")[0]
