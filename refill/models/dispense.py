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
from portal.record.models import MedicationRequest, Patient, Prescription
from portal.secrecy import EncryptedTextField
from portal.terminology.models import Medication
from refill.models.stock import StockItem


class SubstitutionKind(models.TextChoices):
    """How near the other product is (HL7 v3 substanceAdminSubstitution)."""

    GENERIC = "G", _("same composition, without a brand")
    BRAND = "BC", _("same composition, of another brand")


class SubstitutionReason(models.TextChoices):
    """Why another product is handed out (HL7 v3 ActReason)."""

    OUT_OF_STOCK = "OS", _("what was written is not on the shelf")
    CONTINUITY = "CT", _("the resident knows this one and goes on with it")
    POLICY = "FP", _("it costs less")


class MedicationDispenseQuerySet(ActorQuerySet["MedicationDispense"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own; the centre's pharmacists; the doctors of the patient."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.PHARMACIST:
            return self.filter(organization_id=actor.organization_id)
        if actor.role == User.Role.DOCTOR:
            panel = Q(patient__general_practitioner__user_id=actor.user_id)
            return self.filter(panel | Q(prescription__practitioner__user_id=actor.user_id))
        return self.none()

    def to_pack(self) -> Self:
        return self.filter(status=MedicationDispense.Status.PREPARATION).order_by("created", "pk")


class MedicationDispense(models.Model):
    """One fill of one line of a prescription: made up, checked, handed over."""

    class Status(models.TextChoices):
        PREPARATION = "preparation", _("to be packed")
        IN_PROGRESS = "in-progress", _("packed")
        COMPLETED = "completed", _("handed over")
        DECLINED = "declined", _("not handed over")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="+")
    line = models.ForeignKey(MedicationRequest, models.PROTECT, related_name="+")
    fill = models.PositiveSmallIntegerField(default=1)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.PREPARATION)
    status_reason = models.CharField(max_length=200, blank=True)
    boxes = models.PositiveIntegerField()
    quantity = models.DecimalField(max_digits=9, decimal_places=2)  # in counted units
    days_supply = models.PositiveSmallIntegerField()
    created = models.DateTimeField(auto_now_add=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    packed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    seal_number = models.CharField(max_length=40, blank=True)  # R92
    checks = models.JSONField(default=list, blank=True)  # R85, each ticked by packed_by
    when_handed_over = models.DateTimeField(null=True, blank=True)
    receiver = EncryptedTextField(blank=True)  # whoever took it, when not the resident
    substitute = models.ForeignKey(  # handed out for what was written (R164)
        Medication, models.PROTECT, null=True, blank=True, related_name="+"
    )
    substitution_kind = models.CharField(max_length=2, choices=SubstitutionKind, blank=True)
    substitution_reason = models.CharField(max_length=2, choices=SubstitutionReason, blank=True)
    substituted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MedicationDispenseQuerySet.as_manager()

    class Meta:
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint(fields=["line", "fill"], name="dispense_once_a_fill"),
            models.CheckConstraint(
                condition=~Q(status__in=("declined", "cancelled")) | ~Q(status_reason=""),
                name="dispense_stopped_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("in-progress", "completed"))
                | Q(packed_at__isnull=False, packed_by__isnull=False),
                name="dispense_packed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    substitute=None,
                    substituted_by=None,
                    substitution_kind="",
                    substitution_reason="",
                )
                | (
                    Q(substitute__isnull=False, substituted_by__isnull=False)
                    & ~Q(substitution_kind="")
                    & ~Q(substitution_reason="")
                ),
                name="dispense_substituted_says_all",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "status", "created"], name="dispense_queue"),
            models.Index(fields=["patient", "status"], name="dispense_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} fill {self.fill}"

    @property
    def product(self) -> Medication:
        """What is in the bag: what was written, or what the counter gave for it."""
        return self.substitute or self.line.medication


class DispenseLot(models.Model):
    """How many boxes of which lot went into a fill (R88)."""

    dispense = models.ForeignKey(MedicationDispense, models.PROTECT, related_name="lots")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="dispensed")
    boxes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispense", "item"], name="dispense_lot_once"),
            models.CheckConstraint(condition=Q(boxes__gt=0), name="dispense_lot_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.item} × {self.boxes}"


class BoxCode(models.Model):
    """The trace code of one box: sold once, ever, in any centre (R86)."""

    code = models.CharField(max_length=40, unique=True)
    dispense = models.ForeignKey(MedicationDispense, models.PROTECT, related_name="box_codes")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+")
    is_quarantined = models.BooleanField(
        default=False
    )  # returned boxes are never sold again (R100)

    def __str__(self) -> str:
        return self.code
