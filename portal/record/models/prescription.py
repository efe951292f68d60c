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
from portal.record.models.people import Patient, Practitioner
from portal.record.models.signing import SigningCertificate
from portal.terminology.models import Frequency, Medication


class PrescriptionQuerySet(ActorQuerySet["Prescription"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Residents see their own once signed; doctors what they wrote and their panel's (R10)."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id, signed_at__isnull=False)
        if actor.role == User.Role.DOCTOR:
            wrote = Q(practitioner__user_id=actor.user_id)
            panel = Q(patient__general_practitioner__user_id=actor.user_id)
            return self.filter(wrote | (panel & Q(signed_at__isnull=False)))
        return self.none()


class Prescription(models.Model):
    """One prescription form (处方): one patient, one doctor, one to five medicines (R53)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SIGNED = "signed", _("signed, waiting for the pharmacist")
        RETURNED = "returned", _("returned by the pharmacist")
        REFUSED = "refused", _("refused by the pharmacist")
        EFFECTIVE = "effective", _("in force")
        COMPLETED = "completed", _("dispensed")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    group_identifier = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    encounter_id = models.UUIDField(null=True, blank=True, db_index=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    status_reason = models.CharField(max_length=200, blank=True)
    # [{"code", "name_en", "name_zh"}]: the words of the day they were written (R172)
    diagnosis = models.JSONField(default=list)
    authored_on = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)  # R51, the last valid moment
    extension_note = models.CharField(max_length=200, blank=True)
    confirmed_as_of = models.DateTimeField(null=True, blank=True)  # R169
    guardian_name = models.CharField(max_length=100, blank=True)  # R9
    guardian_confirmed_at = models.DateTimeField(null=True, blank=True)
    # R62, R66: {"criteria": [...], "text", "educated", "at"}
    long_assessment = models.JSONField(default=dict, blank=True)
    long_agreed_at = models.DateTimeField(null=True, blank=True)  # R62, by the resident
    parameter_versions = models.JSONField(default=dict, blank=True)

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-authored_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=("signed", "effective", "completed", "expired"))
                | Q(signed_at__isnull=False, valid_until__isnull=False),
                name="prescription_in_force_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("cancelled", "returned", "refused"))
                | ~Q(status_reason=""),
                name="prescription_stopped_says_why",
            ),
            models.UniqueConstraint(
                fields=["encounter_id", "practitioner"],
                condition=Q(status="draft", encounter_id__isnull=False),
                name="prescription_one_draft_a_visit",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "status"], name="prescription_of_patient"),
            models.Index(fields=["status", "valid_until"], name="prescription_due"),
        ]

    def __str__(self) -> str:
        return f"{self.group_identifier}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def signed(self) -> SignedPrescription | None:
        """The newest signed version: its bytes, its rendering, its signature."""
        return self.versions.order_by("-version").first()


class MedicationRequest(models.Model):
    """One line of a prescription: one medicine, how to take it and for how long (R54)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("in use")
        ON_HOLD = "on-hold", _("paused")
        CANCELLED = "cancelled", _("cancelled")
        COMPLETED = "completed", _("finished")
        STOPPED = "stopped", _("stopped")

    class Course(models.TextChoices):
        ACUTE = "acute", _("for a short time")
        CONTINUOUS = "continuous", _("long-term")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    prescription = models.ForeignKey(Prescription, models.CASCADE, related_name="lines")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    medication = models.ForeignKey(Medication, models.PROTECT, related_name="+")
    dose = models.DecimalField(max_digits=9, decimal_places=3)
    dose_unit = models.CharField(max_length=8)  # the medicine's counted unit, or mg, IU …
    frequency = models.ForeignKey(Frequency, models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    quantity = models.DecimalField(max_digits=9, decimal_places=2)  # in counted units
    days_reason = models.CharField(max_length=200, blank=True)  # R52
    instruction = models.CharField(max_length=200, blank=True)
    course_of_therapy = models.CharField(max_length=10, choices=Course, default=Course.ACUTE)
    number_of_repeats_allowed = models.PositiveSmallIntegerField(default=0)  # without the first
    prior_prescription = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )
    continues = models.CharField(max_length=120, blank=True)  # the HIS order it carries on
    is_substitution_allowed = models.BooleanField(null=True, blank=True)  # False: forbidden (R164)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "position"], name="request_one_line_a_position"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=5), name="request_five_lines_at_most"
            ),
            models.CheckConstraint(
                condition=Q(dose__gt=0, quantity__gt=0, days__gte=1), name="request_says_how_much"
            ),
        ]
        indexes = [models.Index(fields=["patient", "status"], name="request_of_patient")]

    def __str__(self) -> str:
        return f"{self.position}. {self.medication}"


class SignedPrescription(models.Model):
    """What a doctor signed: the bytes, their rendering and the signature; never changed (R57)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    certificate = models.ForeignKey(SigningCertificate, models.PROTECT, related_name="+")
    signed_bytes = models.TextField()
    rendering = models.TextField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=200)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["prescription", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "version"], name="signed_one_form_a_version"
            ),
            models.CheckConstraint(
                condition=~Q(signature="") & ~Q(signed_bytes=""), name="signed_is_signed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prescription_id} v{self.version}"


class AlertFired(models.Model):
    """An alert that stood before a doctor, whatever became of it: counted for R81."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    prescription = models.ForeignKey(Prescription, models.CASCADE, related_name="fired")
    alert_key = models.CharField(max_length=200)
    rule = models.CharField(max_length=6)
    severity = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "alert_key"], name="fired_one_row_an_alert"
            )
        ]
        indexes = [models.Index(fields=["organization", "at", "rule"], name="fired_by_rule")]

    def __str__(self) -> str:
        return self.alert_key


class AlertOverride(models.Model):
    """A doctor saw an alert and goes on, with a coded reason and words (R81); never changed."""

    class Reason(models.TextChoices):
        BENEFIT = "benefit-outweighs", _("the benefit is greater than the risk")
        TOLERATED = "tolerated-before", _("taken before without harm")
        MONITORED = "monitored", _("it will be watched closely")
        CONTINUED = "continues-therapy", _("carries on the treatment in use")
        REPLACED = "replaces-therapy", _("the other medicine is stopped")
        NOT_PREGNANT = "not-pregnant", _("asked: not pregnant")
        TEST_ORDERED = "test-ordered", _("the test has been ordered or seen")
        RECORD_WRONG = "record-wrong", _("the record is out of date")
        OTHER = "other", _("another reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="overrides")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    alert_key = models.CharField(max_length=200)
    rule = models.CharField(max_length=6)
    alert_text = models.TextField()
    code = models.CharField(max_length=20, choices=Reason)
    text = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "alert_key"], name="override_one_an_alert"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(text=""), name="override_says_why"),
        ]
        indexes = [models.Index(fields=["rule", "at"], name="override_by_rule")]

    def __str__(self) -> str:
        return f"{self.alert_key}: {self.code}"
