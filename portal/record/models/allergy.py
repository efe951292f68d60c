from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models.people import Patient, Practitioner


class AllergyQuerySet(ActorQuerySet["AllergyIntolerance"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident and the family doctor (R10)."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(patient__general_practitioner__user_id=actor.user_id)
        return self.none()


class AllergyIntolerance(models.Model):
    """What a resident answered when asked about allergies: a substance, or none (R75)."""

    class Kind(models.TextChoices):
        ALLERGY = "allergy", _("allergy")
        INTOLERANCE = "intolerance", _("intolerance")

    class Severity(models.TextChoices):
        UNKNOWN = "", _("not known")
        MILD = "mild", _("mild")
        MODERATE = "moderate", _("moderate")
        SEVERE = "severe", _("severe")

    class Certainty(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        UNCONFIRMED = "unconfirmed", _("as told by the resident")
        REFUTED = "refuted", _("found to be wrong")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    is_none_known = models.BooleanField(default=False)
    substance = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.ALLERGY)
    reaction = models.CharField(max_length=200, blank=True)
    severity = models.CharField(
        max_length=8, choices=Severity, default=Severity.UNKNOWN, blank=True
    )
    certainty = models.CharField(max_length=11, choices=Certainty, default=Certainty.UNCONFIRMED)
    recorded = models.DateTimeField()
    recorder = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = AllergyQuerySet.as_manager()

    class Meta:
        ordering = ["recorded"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_none_known=True, substance="")
                | (Q(is_none_known=False) & ~Q(substance="")),
                name="allergy_a_substance_or_none",
            ),
        ]
        indexes = [models.Index(fields=["patient", "superseded_at"], name="allergy_of_patient")]

    def __str__(self) -> str:
        return self.substance or "none known"
