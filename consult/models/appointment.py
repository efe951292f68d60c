from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consult.models.schedule import Slot
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Consent, Patient, Practitioner
from portal.secrecy import EncryptedTextField


class AppointmentQuerySet(ActorQuerySet["Appointment"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own, the doctor's own, the manager's centre."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(practitioner__user_id=actor.user_id)
        if actor.role == User.Role.MANAGER:
            return self.filter(organization_id=actor.organization_id)
        return self.none()


class Appointment(models.Model):
    """A resident and a doctor agreed on a time for an online follow-up."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("held, not confirmed")
        BOOKED = "booked", _("booked")
        ARRIVED = "arrived", _("in the waiting room")
        FULFILLED = "fulfilled", _("done")
        NOSHOW = "noshow", _("the resident did not come")
        CANCELLED = "cancelled", _("cancelled")

    class CancelReason(models.TextChoices):
        BETTER = "better", _("I feel better")
        OTHER_TIME = "other-time", _("the time does not suit")
        IN_PERSON = "in-person", _("I will come to the centre")
        OTHER = "other", _("another reason")
        DOCTOR_ABSENT = "doctor-absent", _("the doctor cannot be there")
        HOSPITAL = "hospital", _("the hospital gave this time to somebody else")
        HOLD_EXPIRED = "hold-expired", _("not confirmed in time")
        CHANGED_MIND = "changed-mind", _("another time was chosen")
        STOPPED = "stopped", _("the doctor stopped the visit")

    class Reason(models.TextChoices):
        """Why the resident comes, as buttons: nothing has to be typed (R28)."""

        CHECK_UP = "check-up", _("A regular check")
        MEDICINE = "medicine", _("A question about my medicine")
        SYMPTOMS = "symptoms", _("I feel different with this illness")
        RESULTS = "results", _("To talk about test results or readings")
        OTHER = "other", _("Something else about this illness")

    LIVE = ("proposed", "booked", "arrived", "fulfilled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="appointments")
    start = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.PROPOSED)
    status_reason = models.CharField(max_length=20, choices=CancelReason, blank=True)
    cancelled_by = models.CharField(max_length=12, blank=True)  # a role, "system" or "hospital"
    reason = EncryptedTextField(blank=True)
    reason_codes = models.JSONField(default=list)  # the buttons the resident pressed
    evidence = models.JSONField(default=list)  # [{icd10, text, day, source, reference}] (R26)
    red_flags = models.JSONField(default=list)  # answers that raised an alarm (R30)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    his_ref = models.CharField(max_length=120, blank=True)
    his_version = models.CharField(max_length=64, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(status__in=("proposed", "booked", "arrived", "fulfilled")),
                name="appointment_one_live_a_slot",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | (~Q(cancelled_by="") & ~Q(status_reason="")),
                name="appointment_cancelled_says_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "status", "start"], name="appointment_of_patient"),
            models.Index(fields=["practitioner", "status", "start"], name="appointment_of_doctor"),
            models.Index(fields=["status", "start"], name="appointment_due"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M}"
