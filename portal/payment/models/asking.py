from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.payment.models.invoice import ChargeItem
from portal.payment.models.money import Refund
from portal.querysets import ActorQuerySet
from portal.secrecy import EncryptedTextField


class RefundRequestQuerySet(ActorQuerySet["RefundRequest"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own, the manager's centre."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(line__invoice__patient__user_id=actor.user_id)
        if actor.role == User.Role.MANAGER:
            return self.filter(line__invoice__organization_id=actor.organization_id)
        return self.none()


class RefundRequest(models.Model):
    """Somebody asks for money back on one line; above a limit two managers decide."""

    class Status(models.TextChoices):
        ASKED = "asked", _("asked for")
        PROPOSED = "proposed", _("waits for a second person")
        APPROVED = "approved", _("agreed")
        DECLINED = "declined", _("not agreed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(ChargeItem, models.PROTECT, related_name="refund_requests")
    amount_minor = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    reason = models.CharField(max_length=40)
    words = EncryptedTextField(blank=True)
    answer = EncryptedTextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    needs_second = models.BooleanField(default=False)
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RefundRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(status__in=("asked", "proposed")),
                name="refund_request_one_open_a_line",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | Q(needs_second=False)
                | (Q(proposed_by__isnull=False) & ~Q(proposed_by=F("decided_by"))),
                name="refund_request_two_people_above_the_limit",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="refund_request_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.status}"

    @property
    def organization_id(self) -> uuid.UUID:
        return self.line.invoice.organization_id

    @property
    def patient_id(self) -> uuid.UUID:
        return self.line.invoice.patient_id
