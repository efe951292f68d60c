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
from portal.secrecy import EncryptedTextField


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

    class StopReason(models.TextChoices):
        """When a doctor must stop (R36), and how a planned visit falls away."""

        CHANGED = "condition-changed", _("the condition has changed")
        NEW_DISEASE = "new-disease", _("a first visit or a new illness")
        NEEDS_EXAMINATION = "needs-examination", _("an examination or a test is needed")
        EMERGENCY = "emergency", _("emergency care is needed")
        UNFIT = "unfit", _("the resident is not fit to go on")
        IDENTITY = "identity", _("it is not certain who the resident is")
        GUARDIAN = "guardian-missing", _("the guardian is not present")
        CONNECTION = "poor-connection", _("the connection is too poor")
        NOT_FOLLOW_UP = "not-a-follow-up", _("the conditions of a follow-up are not met")
        CANCELLED = "cancelled", _("the appointment was cancelled")
        NOSHOW = "noshow", _("the resident did not come")

    class Priority(models.IntegerChoices):
        URGENT = 0, _("urgent")
        ROUTINE = 5, _("routine")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="encounter")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    status_reason = models.CharField(max_length=40, blank=True, choices=StopReason)
    advice = EncryptedTextField(blank=True)  # where to go when the doctor had to stop (R36)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.ROUTINE)
    promised_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    record_viewed_at = models.DateTimeField(null=True, blank=True)  # R38
    promise_told_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)  # nobody came: nothing is owed (R107)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "practitioner"],
                condition=Q(status__in=("arrived", "in-progress")),
                name="encounter_one_open_a_resident_and_doctor",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status="in-progress"),
                name="encounter_one_talk_a_resident",
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
            models.Index(fields=["status", "promised_at"], name="encounter_promises"),
            models.Index(fields=["practitioner", "ended_at"], name="encounter_left"),
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


class EmergencyDutyQuerySet(ActorQuerySet["EmergencyDuty"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The doctor who stopped, and the manager of the centre."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.DOCTOR:
            return self.filter(encounter__practitioner__user_id=actor.user_id)
        if actor.role == User.Role.MANAGER:
            return self.filter(organization_id=actor.organization_id)
        return self.none()


class EmergencyDuty(models.Model):
    """An urgent case that was stopped: open until somebody has reached the resident (R37)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    encounter = models.OneToOneField(Encounter, models.PROTECT, related_name="duty")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    opened = models.DateTimeField()
    alerted_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    contacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact = EncryptedTextField(blank=True)

    objects = EmergencyDutyQuerySet.as_manager()

    class Meta:
        ordering = ["opened"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contacted_at__isnull=True) | ~Q(contact=""),
                name="duty_contact_says_what_was_agreed",
            )
        ]
        indexes = [
            models.Index(
                fields=["alerted_at"], condition=Q(contacted_at=None), name="duty_unanswered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.opened}"


class Viewing(models.Model):
    """A doctor has this resident's page open just now, so that another doctor sees it."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "practitioner"], name="viewing_once_a_doctor_and_resident"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seen_at}"
