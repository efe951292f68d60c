from __future__ import annotations

import secrets
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from delivery.models.choice import DeliveryChoice
from delivery.models.code import new_code
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient
from portal.secrecy import EncryptedTextField
from refill.models import MedicationDispense

PARCEL_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread in the rain


def new_number() -> str:
    """What stands on the parcel: eight signs, no names."""
    return "".join(secrets.choice(PARCEL_SIGNS) for _place in range(8))


class SupplyDeliveryQuerySet(ActorQuerySet["SupplyDelivery"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own; the centre's counter; the courier's while it is theirs; the pool."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role in (User.Role.PHARMACIST, User.Role.MANAGER):
            return self.filter(organization_id=actor.organization_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(patient__general_practitioner__user_id=actor.user_id)
        if actor.role == User.Role.COURIER:
            free = Q(stage=Stage.PACKED, organization_id=actor.organization_id)
            return self.filter(free | Q(courier_id=actor.user_id, stage__in=CARRIED))
        return self.none()

    def carried_by(self, actor: Actor) -> Self:
        """Assigned to this courier and not ended."""
        return self.filter(courier_id=actor.user_id, stage__in=CARRIED)

    def free(self, actor: Actor) -> Self:
        """Packed and nobody's yet, at the actor's centre."""
        return self.filter(stage=Stage.PACKED, organization_id=actor.organization_id)


class Stage(models.TextChoices):
    """Where a parcel is on its way; FHIR's status follows from it."""

    PACKED = "packed", _("packed")
    ASSIGNED = "assigned", _("a courier fetches it")
    OUT = "out-for-delivery", _("on its way")
    ATTEMPT_FAILED = "attempt-failed", _("not handed over")
    RESCHEDULED = "rescheduled", _("a second time is set")
    RETURNING = "returning", _("on its way back")
    RETURNED = "returned", _("back at the centre")
    QUARANTINED = "quarantined", _("put aside")
    DESTROYED = "destroyed", _("destroyed")
    LOST = "lost", _("lost")
    DELIVERED = "delivered", _("handed over")


CARRIED = (Stage.ASSIGNED, Stage.OUT, Stage.ATTEMPT_FAILED, Stage.RESCHEDULED, Stage.RETURNING)
WITH_COURIER = (Stage.OUT, Stage.ATTEMPT_FAILED, Stage.RESCHEDULED, Stage.RETURNING)
AT_COUNTER = (Stage.PACKED, Stage.ASSIGNED, Stage.RETURNED, Stage.QUARANTINED)
ENDED = (Stage.DELIVERED, Stage.DESTROYED, Stage.LOST)
ABANDONED = (Stage.QUARANTINED, Stage.DESTROYED, Stage.LOST)


class Holder(models.TextChoices):
    """Who answers for a parcel at this moment."""

    COUNTER = "counter", _("the counter")
    COURIER = "courier", _("the courier")
    RECEIVER = "receiver", _("the receiver")
    NOBODY = "nobody", _("nobody")


class SupplyDelivery(models.Model):
    """One sealed parcel: every packed fill of one choice, from the counter to the right hands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    choice = models.ForeignKey(DeliveryChoice, models.PROTECT, related_name="parcels")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    number = models.CharField(max_length=8, unique=True, default=new_number)
    seal_numbers = models.JSONField(default=list)  # R92
    is_cold = models.BooleanField(default=False)  # R95
    code = EncryptedTextField(default=new_code)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.PACKED)
    stage_reason = models.CharField(max_length=40, blank=True)
    holder = models.CharField(max_length=8, choices=Holder, default=Holder.COUNTER)
    courier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    out_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    late_told_at = models.DateTimeField(null=True, blank=True)
    destroyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    witnessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SupplyDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["window_end", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["choice"], condition=Q(replaces=None), name="parcel_one_a_choice"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=AT_COUNTER, holder="counter")
                | Q(stage__in=WITH_COURIER, holder="courier", courier__isnull=False)
                | Q(stage="delivered", holder="receiver")
                | Q(stage__in=("destroyed", "lost"), holder="nobody"),
                name="parcel_is_with_exactly_one",
            ),
            models.CheckConstraint(
                condition=Q(stage="packed", courier=None)
                | ~Q(stage__in=("packed", "assigned"))
                | Q(stage="assigned", courier__isnull=False),
                name="parcel_assigned_to_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(stage="destroyed")
                | (
                    Q(destroyed_by__isnull=False, witnessed_by__isnull=False)
                    & ~Q(destroyed_by=F("witnessed_by"))
                ),
                name="parcel_destroyed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(stage="delivered", delivered_at__isnull=False)
                | Q(~Q(stage="delivered"), delivered_at=None),
                name="parcel_delivered_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "stage", "window_end"], name="parcel_board"),
            models.Index(fields=["courier", "stage", "window_end"], name="parcel_run"),
            models.Index(fields=["patient", "stage"], name="parcel_of_patient"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def status(self) -> str:
        """FHIR SupplyDelivery.status."""
        if self.stage == Stage.DELIVERED:
            return "completed"
        return "abandoned" if self.stage in ABANDONED else "in-progress"


class ParcelLine(models.Model):
    """One packed fill in a parcel; a fill travels in one parcel only."""

    parcel = models.ForeignKey(SupplyDelivery, models.PROTECT, related_name="lines")
    dispense = models.OneToOneField(MedicationDispense, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.parcel_id}"


class Custody(models.Model):
    """Who answered for a parcel, from when to when; never two at once."""

    parcel = models.ForeignKey(SupplyDelivery, models.PROTECT, related_name="custodies")
    holder = models.CharField(max_length=8, choices=Holder)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(until=None), name="custody_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="custody_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(holder="courier") | Q(user__isnull=False),
                name="custody_courier_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.holder


class DeliveryStep(models.Model):
    """One recorded step of a parcel: who, when, where (R94)."""

    class Name(models.TextChoices):
        PICKED = "picked", _("taken from the shelf")
        CHECKED = "checked", _("checked")
        PACKED = "packed", _("packed")
        SEALED = "sealed", _("sealed")
        COLLECTED = "collected", _("given to the courier")
        ATTEMPTED = "attempted", _("not handed over")
        HANDED_OVER = "handed-over", _("handed over")
        RETURNED = "returned", _("back at the centre")
        QUARANTINED = "quarantined", _("put aside")
        DESTROYED = "destroyed", _("destroyed")
        LOST = "lost", _("lost")

    parcel = models.ForeignKey(SupplyDelivery, models.PROTECT, related_name="steps")
    name = models.CharField(max_length=12, choices=Name)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=100, blank=True)  # the centre, or "latitude,longitude"

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.name
