from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet


class BookDifferenceQuerySet(ActorQuerySet["BookDifference"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The manager's centre, and what belongs to no centre that we know."""
        if actor is None or actor.role != User.Role.MANAGER:
            return self.none()
        mine = Q(organization_id=actor.organization_id) | Q(organization=None)
        return self.filter(mine)


class BookDifference(models.Model):
    """One thing on which the nightly look found our books and the cashier's to disagree."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+"
    )
    what = models.CharField(max_length=20)
    ref = models.CharField(max_length=120)
    ours_minor = models.BigIntegerField()
    theirs_minor = models.BigIntegerField()
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = BookDifferenceQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["what", "ref"],
                condition=Q(settled_at=None),
                name="difference_once_while_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.ref}"
