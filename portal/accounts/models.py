from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.organization.models import Organization
from portal.secrecy import EncryptedTextField


class User(AbstractUser):
    """A person who signs in: a resident by telephone, staff by password and second factor."""

    class Role(models.TextChoices):
        RESIDENT = "resident", _("resident")
        DOCTOR = "doctor", _("family doctor")
        PHARMACIST = "pharmacist", _("pharmacist")
        COURIER = "courier", _("courier")
        MANAGER = "manager", _("centre manager")
        REGISTRAR = "registrar", _("registrar")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    role = models.CharField(max_length=12, choices=Role, default=Role.RESIDENT)
    full_name = models.CharField(max_length=100, blank=True)
    phone = EncryptedTextField(blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    phone_verified = models.BooleanField(default=False)
    phone_proved_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    text_size = models.CharField(max_length=6, blank=True)
    read_aloud = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"],
                condition=models.Q(role="resident", phone_verified=True)
                & ~models.Q(phone_index=""),
                name="accounts_one_resident_a_number",
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_employee(self) -> bool:
        return self.role != self.Role.RESIDENT or self.is_staff or self.is_superuser


class Tally(models.Model):
    """When something was tried lately, so that guessing stops, on every server at once (R109)."""

    action = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    times = models.JSONField(default=list)  # seconds since 1970, oldest first
    latest = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "key"], name="accounts_one_tally_a_key")
        ]
        indexes = [models.Index(fields=["latest"], name="accounts_tally_latest")]

    def __str__(self) -> str:
        return f"{self.action}: {len(self.times)}"
