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
from portal.record.models import Practitioner


class HospitalDifferenceQuerySet(ActorQuerySet["HospitalDifference"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The manager of the centre."""
        if actor is None or actor.role != User.Role.MANAGER:
            return self.none()
        return self.filter(organization_id=actor.organization_id)


class HospitalDifference(models.Model):
    """A visit that stands otherwise in the hospital's calendar: open until a person has seen it."""

    class Kind(models.TextChoices):
        NOT_THERE = "not-there", _("booked here, not in the hospital")
        ONLY_THERE = "only-there", _("booked in the hospital, not here")
        OTHER_TIME = "other-time", _("at another time in the hospital")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    his_ref = models.CharField(max_length=120, blank=True)
    there = models.DateTimeField(null=True, blank=True)  # the time the hospital says
    opened = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    objects = HospitalDifferenceQuerySet.as_manager()

    class Meta:
        ordering = ["opened"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "his_ref", "appointment"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="difference_open_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(note=""), name="difference_closed_says_how"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}"
