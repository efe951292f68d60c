from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import MedicationRequest, Patient, Practitioner, Prescription
from portal.terminology.models import Medication


class RefillRequestQuerySet(ActorQuerySet["RefillRequest"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own; the family doctor's and the stand-in's; the manager's centre."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            panel = Q(patient__general_practitioner__user_id=actor.user_id)
            return self.filter(panel | Q(performer__user_id=actor.user_id))
        if actor.role == User.Role.MANAGER:
            return self.filter(organization_id=actor.organization_id)
        return self.none()

    def open(self) -> Self:
        return self.filter(status__in=RefillRequest.OPEN)

    def to_decide(self) -> Self:
        """What a doctor still has to answer, the oldest promise first."""
        return self.filter(status__in=RefillRequest.UNDECIDED).order_by("due_at", "pk")


class RefillRequest(models.Model):
    """A resident asks for more of one long-term medicine (a Task whose focus is its last order)."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("asked for, with your doctor")
        ACCEPTED = "accepted", _("agreed, waiting for your signature")
        REJECTED = "rejected", _("not agreed")
        ON_HOLD = "on-hold", _("your doctor would like to talk with you first")
        IN_PROGRESS = "in-progress", _("prescribed, on its way")
        COMPLETED = "completed", _("in your hands")
        CANCELLED = "cancelled", _("taken back")
        FAILED = "failed", _("did not come to its end")

    OPEN = (Status.REQUESTED, Status.ACCEPTED, Status.ON_HOLD, Status.IN_PROGRESS)
    UNDECIDED = (Status.REQUESTED, Status.ON_HOLD)

    class Channel(models.TextChoices):
        PORTAL = "portal", _("in the portal")
        TELEPHONE = "telephone", _("by telephone")
        COUNTER = "counter", _("at the counter")
        DOCTOR = "doctor", _("written down by the doctor")

    class Early(models.TextChoices):
        NONE = "", _("not early")
        TRAVEL = "travel", _("I travel")
        LOST = "lost", _("I lost some")
        DOSE = "dose", _("my dose was changed")

    class NextStep(models.TextChoices):
        NONE = "", "—"
        TALK = "talk", _("talk with your doctor online")
        VISIT = "visit", _("come to the centre")
        LATER = "later", _("ask again later")
        STOP = "stop", _("stop taking this medicine")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    basket = models.UUIDField()  # asked for together; each medicine goes its own way
    medicine_key = models.CharField(max_length=120)  # its substances: what "one medicine" is
    medication = models.ForeignKey(Medication, models.PROTECT, related_name="+")
    focus = models.ForeignKey(
        MedicationRequest, models.PROTECT, null=True, blank=True, related_name="+"
    )
    continues = models.CharField(max_length=120, blank=True)  # or the HIS order it carries on
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    status_reason = models.CharField(max_length=300, blank=True)
    next_step = models.CharField(max_length=8, choices=NextStep, blank=True, default="")
    triage = models.CharField(max_length=12)  # repeat | reassess | too-early | not-allowed
    rule = models.CharField(max_length=4)
    sentence = models.CharField(max_length=300)
    days = models.PositiveSmallIntegerField()  # R69: the same end for all of one basket
    answers = models.JSONField(default=dict)  # R72, in the resident's words
    readings = models.JSONField(default=dict)  # R72, measured at home
    early = models.CharField(max_length=8, choices=Early, blank=True, default="")
    early_reason = models.CharField(max_length=200, blank=True)  # the doctor's (R68)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PORTAL)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    caller = models.CharField(max_length=100, blank=True)  # who spoke, when it was not in person
    parameter_versions = models.JSONField(default=dict)
    authored_on = models.DateTimeField()
    due_at = models.DateTimeField()  # one working day
    escalated_at = models.DateTimeField(null=True, blank=True)
    performer = models.ForeignKey(  # a colleague who stands in for the family doctor
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    prescription = models.ForeignKey(
        Prescription, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RefillRequestQuerySet.as_manager()

    class Meta:
        ordering = ["authored_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "medicine_key"],
                condition=Q(status__in=("requested", "accepted", "on-hold", "in-progress")),
                name="refill_one_open_a_medicine",
            ),
            models.UniqueConstraint(
                fields=["basket", "medicine_key"], name="refill_one_row_a_medicine_of_a_basket"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("rejected", "failed", "on-hold")) | ~Q(status_reason=""),
                name="refill_stopped_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("in-progress", "completed"))
                | Q(prescription__isnull=False, decided_by__isnull=False),
                name="refill_prescribed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "status"], name="refill_of_patient"),
            models.Index(fields=["status", "due_at"], name="refill_due"),
            models.Index(fields=["organization", "status", "due_at"], name="refill_of_centre"),
            models.Index(fields=["prescription"], name="refill_of_prescription"),
        ]

    def __str__(self) -> str:
        return f"{self.medicine_key}: {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_undecided(self) -> bool:
        return self.status in self.UNDECIDED
