from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.payment import reasons
from portal.querysets import ActorQuerySet
from portal.record.models import Patient


class InvoiceQuerySet(ActorQuerySet["Invoice"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own; the manager's centre, for the books."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.MANAGER:
            return self.filter(organization_id=actor.organization_id)
        return self.none()


class Invoice(models.Model):
    """What a resident pays once: consultation, medicine and delivery where they fall together."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("being put together")
        ISSUED = "issued", _("to be paid")
        BALANCED = "balanced", _("paid")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    currency = models.CharField(max_length=3, default="CNY")
    owed_minor = models.PositiveIntegerField(default=0)
    captured_minor = models.PositiveIntegerField(default=0)
    refunded_minor = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "organization"],
                condition=Q(status="draft"),
                name="invoice_one_draft_a_resident",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("captured_minor")),
                name="invoice_never_refunds_more_than_it_took",
            ),
            models.CheckConstraint(
                condition=~Q(status="balanced") | Q(captured_minor__gte=F("owed_minor")),
                name="invoice_paid_means_all_of_it",
            ),
        ]
        indexes = [models.Index(fields=["patient", "status"], name="invoice_of_patient")]

    def __str__(self) -> str:
        return f"{self.id}"


class ChargeItemQuerySet(ActorQuerySet["ChargeItem"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The lines of the bills that this actor may see."""
        return self.filter(invoice__in=Invoice.objects.visible_to(actor))


class ChargeItem(models.Model):
    """One line of an invoice with its insurance shares; they add up to the cent (R102)."""

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("Consultation")
        MEDICINE = "medicine", _("Medicine")
        DELIVERY = "delivery", _("Delivery")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=Kind)
    entity = models.CharField(max_length=60)
    entity_id = models.CharField(max_length=36)
    amount_minor = models.PositiveIntegerField()
    fund_minor = models.PositiveIntegerField(default=0)
    personal_account_minor = models.PositiveIntegerField(default=0)
    cash_minor = models.PositiveIntegerField()
    waived_minor = models.PositiveIntegerField(default=0)
    waived_reason = models.CharField(max_length=200, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=40, blank=True)

    objects = ChargeItemQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "entity_id", "kind"], name="charge_once_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor=F("fund_minor") + F("personal_account_minor") + F("cash_minor")
                ),
                name="charge_shares_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(kind="delivery") | Q(fund_minor=0, personal_account_minor=0),
                name="charge_delivery_is_never_insured",
            ),
            models.CheckConstraint(
                condition=Q(waived_minor=0)
                | (Q(waived_minor__lte=F("cash_minor")) & ~Q(waived_reason="")),
                name="charge_waived_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"

    @property
    def why_withdrawn(self) -> str:
        """Why it is no longer charged, in words."""
        return reasons.words(self.withdrawn_reason)

    @property
    def due_minor(self) -> int:
        """What the resident pays of this line."""
        return self.cash_minor - self.waived_minor
