from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.models.appointment import Appointment
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient, Practitioner


class EncounterQuerySet(ActorQuerySet["Encounter"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The two people in the room, and nobody else (R34)."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(practitioner__user_id=actor.user_id)
        return self.none()


class Encounter(models.Model):
    """One online consultation (class VR): the waiting, the talk and its end."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("booked")
        ARRIVED = "arrived", _("waiting")
        IN_PROGRESS = "in-progress", _("with the doctor")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("ended without treatment")

    class Priority(models.IntegerChoices):
        URGENT = 0, _("urgent")
        ROUTINE = 5, _("routine")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="encounter")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    status_reason = models.CharField(max_length=40, blank=True)  # a code of R36
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.ROUTINE)
    promised_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    record_viewed_at = models.DateTimeField(null=True, blank=True)  # R38
    escalated_at = models.DateTimeField(null=True, blank=True)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "practitioner"],
                condition=Q(status__in=("arrived", "in-progress")),
                name="encounter_one_open_a_resident_and_doctor",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(status_reason=""),
                name="encounter_cancelled_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["practitioner", "status", "priority", "promised_at", "arrived_at"],
                name="encounter_queue",
            ),
            models.Index(fields=["patient", "status"], name="encounter_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class EncounterStatus(models.Model):
    """One step of an encounter and who took it; never overwritten."""

    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="steps")
    status = models.CharField(max_length=12, choices=Encounter.Status)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.status}"
