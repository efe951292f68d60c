from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import ConsentText, Patient
from portal.record.models.people import Gender
from portal.secrecy import EncryptedTextField


class RegistrationQuerySet(ActorQuerySet["Registration"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Residents see their own; registrars those of their centre."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(user_id=actor.user_id)
        if actor.role == User.Role.REGISTRAR:
            return self.filter(organization_id=actor.organization_id)
        return self.none()

    def open(self) -> Self:
        """Not answered yet, by the hospital system or by a registrar."""
        return self.filter(status__in=Registration.OPEN)


class Registration(models.Model):
    """A resident says who they are; the hospital system, or a registrar, confirms it (R1, R2)."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("being checked")
        ON_HOLD = "on-hold", _("with the registrar")
        COMPLETED = "completed", _("confirmed")
        REJECTED = "rejected", _("not confirmed")
        CANCELLED = "cancelled", _("taken back")

    class Reason(models.TextChoices):
        NO_MATCH = "no-match", _("no record has this number")
        AMBIGUOUS = "ambiguous", _("several records match")
        NAME_DIFFERS = "name-differs", _("the record with this number has another name or birthday")
        ALREADY_LINKED = "already-linked", _("another account is linked to this record")
        NO_NUMBER = "no-number", _("no identity number to look for")
        NO_ANSWER = "no-answer", _("the hospital system did not answer")

    OPEN = (Status.REQUESTED, Status.ON_HOLD)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="+")
    name = EncryptedTextField()
    birth_day = EncryptedTextField()  # ISO date
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNKNOWN)
    id_number = EncryptedTextField(blank=True)
    record_number = models.CharField(max_length=40, blank=True)
    consent_text = models.ForeignKey(ConsentText, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    note = models.CharField(max_length=200, blank=True)  # the registrar's words to the resident
    authored_on = models.DateTimeField()
    asked_on = models.DateTimeField(null=True, blank=True)  # the hospital system, the last time
    decided_on = models.DateTimeField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["authored_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(status__in=("requested", "on-hold")),
                name="registration_one_open_a_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="completed") | models.Q(patient__isnull=False),
                name="registration_confirmed_has_a_patient",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "status", "authored_on"], name="registration_list")
        ]

    def __str__(self) -> str:
        return f"{self.status}"

    @property
    def birth_date(self) -> date:
        return date.fromisoformat(self.birth_day)

    @property
    def masked_number(self) -> str:
        """Enough of the number to compare with a card."""
        number = self.id_number
        return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" if len(number) > 8 else "****"
