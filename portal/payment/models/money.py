from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.payment import reasons
from portal.payment.models.invoice import ChargeItem, Invoice
from portal.querysets import ActorQuerySet


class Checkout(models.Model):
    """One visit to the cashier's page. The key is stored before the cashier is asked."""

    class Status(models.TextChoices):
        OPEN = "open", _("at the cashier")
        COMPLETE = "complete", _("paid")
        EXPIRED = "expired", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="checkouts")
    invoice_version = models.PositiveIntegerField()
    amount_minor = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    gateway_ref = models.CharField(max_length=120, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(status="open"), name="checkout_one_open_an_invoice"
            ),
            models.UniqueConstraint(
                fields=["gateway_ref"],
                condition=~Q(gateway_ref=""),
                name="checkout_one_a_gateway_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class Receipt(models.Model):
    """Money that arrived, once a payment of the gateway."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="receipts")
    checkout = models.OneToOneField(Checkout, models.PROTECT, related_name="receipt")
    gateway_ref = models.CharField(max_length=120, unique=True)
    amount_minor = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["received_at"]

    def __str__(self) -> str:
        return f"{self.amount_minor}"


class RefundQuerySet(ActorQuerySet["Refund"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The refunds of the bills that this actor may see."""
        return self.filter(receipt__invoice__in=Invoice.objects.visible_to(actor))


class Refund(models.Model):
    """Money on its way back, with its reason; the key makes a repeated request the same one."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("on its way back")
        SUCCEEDED = "succeeded", _("paid back")
        FAILED = "failed", _("not paid back yet, the centre will call")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.UUIDField(unique=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="refunds")
    amount_minor = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(max_length=40)
    gateway_ref = models.CharField(max_length=120, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["created"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_of_something"),
            models.UniqueConstraint(
                fields=["gateway_ref"],
                condition=~Q(gateway_ref=""),
                name="refund_one_a_gateway_refund",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.status}"

    @property
    def why(self) -> str:
        """The reason in words."""
        return reasons.words(self.reason)

    @property
    def organization_id(self) -> uuid.UUID:
        return self.receipt.invoice.organization_id

    @property
    def patient_id(self) -> uuid.UUID:
        return self.receipt.invoice.patient_id


class RefundLine(models.Model):
    """How much of a refund belongs to which line of the invoice."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    line = models.ForeignKey(ChargeItem, models.PROTECT, related_name="refund_lines")
    amount_minor = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor}"


class WebhookReceipt(models.Model):
    """An event the gateway told us, kept once, whatever the number of its visits."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=120)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="webhook_once_an_event")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
