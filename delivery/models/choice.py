from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from delivery.models.area import Zone
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.payment.models import Invoice
from portal.querysets import ActorQuerySet
from portal.record.models import Patient
from portal.secrecy import EncryptedTextField


class DeliveryChoiceQuerySet(ActorQuerySet["DeliveryChoice"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own."""
        if actor is None or actor.role != User.Role.RESIDENT:
            return self.none()
        return self.filter(patient__user_id=actor.user_id)


class DeliveryChoice(models.Model):
    """How the medicine of one bill reaches the resident; the address is a copy of its own."""

    class Mode(models.TextChoices):
        PICK_UP = "pick-up", _("I collect it at the centre")
        COURIER = "courier", _("A courier brings it to me")
        RECEIVER = "receiver", _("A courier brings it to somebody I name")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8, choices=Mode)
    line = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    receiver_name = EncryptedTextField(blank=True)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="+")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True)
    fee_minor = models.PositiveIntegerField(default=0)
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = DeliveryChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-chosen_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode="pick-up", window_start=None, window_end=None, fee_minor=0)
                | Q(~Q(mode="pick-up"), window_start__lt=F("window_end"), zone__isnull=False),
                name="choice_brought_has_place_and_time",
            ),
            models.CheckConstraint(
                condition=Q(~Q(receiver_name=""), mode="receiver")
                | Q(~Q(mode="receiver"), receiver_name=""),
                name="choice_receiver_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.mode

    @property
    def is_brought(self) -> bool:
        return self.mode != self.Mode.PICK_UP
