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
from portal.record.models import Patient, Practitioner


class CareTeamQuerySet(ActorQuerySet["CareTeam"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Residents and staff see the teams of their own centre."""
        if actor is None or actor.organization_id is None:
            return self.none()
        return self.filter(organization_id=actor.organization_id)


class CareTeam(models.Model):
    """A family doctor with the nurses and public-health staff around them (R20)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    doctor = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    other_members = models.JSONField(default=list)  # [{"name", "role"}], at least one (R20)
    services = models.JSONField(default=list)  # what the contract contains, never empty (R19)
    capacity = models.PositiveIntegerField(default=2000)  # R23

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EpisodeOfCareQuerySet(ActorQuerySet["EpisodeOfCare"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The resident's own, the team doctor's own, the manager's centre."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            return self.filter(patient__user_id=actor.user_id)
        if actor.role == User.Role.DOCTOR:
            return self.filter(team__doctor__user_id=actor.user_id)
        if actor.role == User.Role.MANAGER:
            return self.filter(organization_id=actor.organization_id)
        return self.none()

    def asked(self) -> Self:
        """Waiting for the doctor's word."""
        return self.filter(status__in=EpisodeOfCare.ASKED)


class EpisodeOfCare(models.Model):
    """The contract between a resident and a family doctor's team."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("waiting for the doctor")
        WAITLIST = "waitlist", _("on the waiting list")
        ACTIVE = "active", _("signed")
        FINISHED = "finished", _("ended")

    class Reason(models.TextChoices):
        MOVED = "moved", _("moved away")
        UNREACHABLE = "unreachable", _("could not be reached")
        DECLINED = "declined", _("the doctor could not accept")
        OWN_WISH = "own-wish", _("the resident's own wish")
        TRANSFERRED = "transferred", _("changed to another team")
        EXPIRED = "expired", _("the agreed time is over")

    ASKED = (Status.PLANNED, Status.WAITLIST)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    team = models.ForeignKey(CareTeam, models.PROTECT, related_name="contracts")
    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    status_reason = models.CharField(max_length=20, choices=Reason, blank=True)
    answer = models.CharField(max_length=200, blank=True)  # the doctor's words to the resident
    services = models.JSONField(default=list)
    start = models.DateField()
    end = models.DateField()
    signed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = EpisodeOfCareQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status="active"),
                name="contract_one_active_a_resident",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=("planned", "waitlist")),
                name="contract_one_question_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="finished") | ~Q(status_reason=""),
                name="contract_end_says_why",
            ),
            models.CheckConstraint(
                condition=Q(end__gt=models.F("start")), name="contract_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}"
