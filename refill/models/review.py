from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient, Practitioner, Prescription


class PrescriptionReviewQuerySet(ActorQuerySet["PrescriptionReview"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The pharmacists of the centre (R83)."""
        if actor is None or actor.role != User.Role.PHARMACIST:
            return self.none()
        return self.filter(organization_id=actor.organization_id)

    def waiting(self) -> Self:
        return self.filter(status=PrescriptionReview.Status.PENDING).order_by("due_at", "pk")


class PrescriptionReview(models.Model):
    """The pharmacist's verdict on one signed prescription, before it counts (R83)."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting for the pharmacist")
        PASSED = "passed", _("passed")
        RETURNED = "returned", _("returned to the doctor")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("ended before the review")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()  # of the signed form
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    prescriber = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    status_reason = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()  # the prescription expires then (R51)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = PrescriptionReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "version"], name="review_one_a_signed_form"
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("prescriber")),
                name="review_never_ones_own",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("returned", "refused")) | ~Q(status_reason=""),
                name="review_no_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status="passed") | Q(reviewer__isnull=False),
                name="review_pass_has_a_name",
            ),
        ]
        indexes = [models.Index(fields=["organization", "status", "due_at"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.prescription_id} {self.status}"


class ReviewFinding(models.Model):
    """What the pharmacist found in one of the three blocks: lawful, complete, suitable (R83)."""

    class Block(models.TextChoices):
        LAWFUL = "lawful", _("lawful")
        COMPLETE = "complete", _("complete")
        SUITABLE = "suitable", _("suitable")

    review = models.ForeignKey(PrescriptionReview, models.PROTECT, related_name="findings")
    block = models.CharField(max_length=10, choices=Block)
    is_good = models.BooleanField()
    text = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "block"], name="finding_one_a_block"),
            models.CheckConstraint(
                condition=Q(is_good=True) | ~Q(text=""), name="finding_bad_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.block} {self.is_good}"
