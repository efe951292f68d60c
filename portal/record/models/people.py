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
from portal.secrecy import EncryptedTextField


class Gender(models.TextChoices):
    FEMALE = "female", _("woman")
    MALE = "male", _("man")
    OTHER = "other", _("other")
    UNKNOWN = "unknown", _("not known")


class Practitioner(models.Model):
    """A doctor or pharmacist with the licence that lets them work online (R6, R39)."""

    class Title(models.TextChoices):
        RESIDENT_DOCTOR = "resident-doctor", _("resident doctor")
        ATTENDING = "attending", _("attending doctor")
        ASSOCIATE_CHIEF = "associate-chief", _("associate chief doctor")
        CHIEF = "chief", _("chief doctor")
        PHARMACIST = "pharmacist", _("pharmacist")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNKNOWN)
    title = models.CharField(max_length=20, choices=Title)
    department = models.CharField(max_length=100)
    licence_number = models.CharField(max_length=40)
    licence_until = models.DateField()
    independent_since = models.DateField()
    institution_consents = models.BooleanField(default=False)
    his_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PatientQuerySet(ActorQuerySet["Patient"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Residents see themselves; doctors their centre's own panel; others nobody (R10)."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(general_practitioner__user_id=actor.user_id)
        return self.none()


class Patient(models.Model):
    """A resident as the health record knows them, linked to an account by a real-name check."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="patient"
    )
    his_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=100)
    birth_date = models.DateField()
    gender = models.CharField(max_length=10, choices=Gender, default=Gender.UNKNOWN)
    id_number = EncryptedTextField(blank=True)
    id_number_index = models.CharField(max_length=64, blank=True, db_index=True)
    general_practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"],
                condition=~models.Q(id_number_index=""),
                name="record_one_patient_an_id_number",
            ),
            models.UniqueConstraint(
                fields=["organization", "his_id"],
                condition=~models.Q(his_id=""),
                name="record_one_patient_a_his_record",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def patient_id(self) -> uuid.UUID:
        return self.pk

    def age_on(self, day: date) -> int:
        """Whole years on that day."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday
