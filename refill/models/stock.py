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
from portal.querysets import ActorQuerySet
from portal.record.models import MedicationRequest
from portal.terminology.models import Medication


class StockItemQuerySet(ActorQuerySet["StockItem"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The pharmacists of the centre."""
        if actor is None or actor.role != User.Role.PHARMACIST:
            return self.none()
        return self.filter(organization_id=actor.organization_id)

    def sellable(self) -> Self:
        return self.filter(status=StockItem.Status.AVAILABLE)

    def closed(self) -> Self:
        """What leaves no shelf any more: recalled, or past its date, and still there."""
        gone = Q(status=StockItem.Status.RECALLED) | Q(expires__lte=timezone.localdate())
        return self.filter(gone, boxes__gt=0)


class StockItem(models.Model):
    """The boxes of one lot of a medicine on a centre's shelf."""

    class Status(models.TextChoices):
        AVAILABLE = "available", _("on the shelf")
        RECALLED = "recalled", _("recalled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    medication = models.ForeignKey(Medication, models.PROTECT, related_name="+")
    lot_number = models.CharField(max_length=40)
    expires = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.AVAILABLE)
    boxes = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)

    objects = StockItemQuerySet.as_manager()

    class Meta:
        ordering = ["expires", "lot_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "medication", "lot_number"], name="stock_one_row_a_lot"
            ),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("boxes")), name="stock_never_promised_twice"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "medication", "expires"], name="stock_first_out")
        ]

    def __str__(self) -> str:
        return f"{self.medication} {self.lot_number}"

    @property
    def free(self) -> int:
        """Boxes nobody was promised."""
        return self.boxes - self.reserved


class StockMovement(models.Model):
    """Why the number of boxes changed, by whom; never changed afterwards."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        CORRECTED = "corrected", _("counted anew")
        DISPENSED = "dispensed", _("handed out")
        RECALLED = "recalled", _("recalled")

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    boxes = models.IntegerField()
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.boxes}"


class StockReservation(models.Model):
    """Boxes of a lot kept for one line of a prescription (R89)."""

    class Status(models.TextChoices):
        HELD = "held", _("kept")
        USED = "used", _("handed out")
        RELEASED = "released", _("given back")

    line = models.ForeignKey(MedicationRequest, models.PROTECT, related_name="+")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="reservations")
    boxes = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.HELD)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "item"], condition=Q(status="held"), name="reservation_held_once"
            ),
            models.CheckConstraint(condition=Q(boxes__gt=0), name="reservation_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.boxes} {self.status}"


class Shortage(models.Model):
    """A line there are no boxes for: told to the resident before anything is paid (R89)."""

    line = models.OneToOneField(MedicationRequest, models.PROTECT, related_name="+")
    elsewhere = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    promised_on = models.DateField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.line_id}"
