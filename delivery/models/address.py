from __future__ import annotations

import uuid
from typing import Self

from django.db import models

from delivery.models.area import Zone
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient
from portal.secrecy import EncryptedTextField


class AddressQuerySet(ActorQuerySet["Address"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own book; couriers read the address of a parcel, never a book."""
        if actor is None or actor.role != User.Role.RESIDENT:
            return self.none()
        return self.filter(patient__user_id=actor.user_id)


class Address(models.Model):
    """One entry of a resident's address book; sealed in the database (R118)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    label = models.CharField(max_length=40, blank=True)
    line = EncryptedTextField()
    phone = EncryptedTextField()
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="+")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ["-used_at", "-created"]

    def __str__(self) -> str:
        return self.label or str(self.pk)
