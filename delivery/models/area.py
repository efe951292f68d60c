from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.secrecy import EncryptedTextField

STAFF = (User.Role.PHARMACIST, User.Role.MANAGER)


class ZoneQuerySet(ActorQuerySet["Zone"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Where one's own centre delivers is no secret to its people."""
        return self.filter(organization_id=actor.organization_id) if actor else self.none()


class Zone(models.Model):
    """A neighbourhood that a centre delivers to, and what it asks for that (R103)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    fee_minor = models.PositiveIntegerField(default=0)
    cold_extra_minor = models.PositiveIntegerField(default=0)
    free_from_minor = models.PositiveIntegerField(null=True, blank=True)  # medicine of this worth
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="zone_one_name_a_centre")
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryWindow(models.Model):
    """A span of each day in which a centre promises parcels, and how many it can keep."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    start = models.TimeField()
    end = models.TimeField()
    capacity = models.PositiveSmallIntegerField(default=20)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "start"], name="window_one_a_start"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="window_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


class CarrierAgreement(models.Model):
    """What a centre and a carrier agreed; without a valid one nothing is handed to it (R91)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=100)
    number = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["carrier"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="agreement_one_a_number"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__lte=F("valid_until")), name="agreement_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.number}"

    def holds_on(self, day: date) -> bool:
        return self.ended_at is None and self.valid_from <= day <= self.valid_until


class Courier(models.Model):
    """Somebody who carries parcels for a carrier: where, how many, and whether cold ones."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    agreement = models.ForeignKey(CarrierAgreement, models.PROTECT, related_name="couriers")
    zones = models.ManyToManyField(Zone, related_name="+", blank=True)  # none: every zone
    most_parcels = models.PositiveSmallIntegerField(default=12)
    phone = EncryptedTextField(blank=True)  # from which they ring through a lent number
    carries_cold = models.BooleanField(default=False)  # has the validated box and its logger (R95)

    class Meta:
        ordering = ["user__full_name"]

    def __str__(self) -> str:
        return str(self.user)
