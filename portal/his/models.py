from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.organization.models import Organization
from portal.querysets import ActorQuerySet
from portal.record.models import Patient


class ProbedHis(models.Model):
    """What a HIS was seen to do in our own self-test, and when."""

    base_url = models.URLField(unique=True)
    seen = models.JSONField(default=dict)
    probed = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.base_url


class FeedCursor(models.Model):
    """How far a centre has read the news of its HIS, by the HIS's own clock."""

    base_url = models.URLField(unique=True)
    cursor = models.JSONField(default=dict)
    polled = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.base_url


class SeenChange(models.Model):
    """A version of a HIS row that was already acted upon; pages repeat rows (HIS law 9)."""

    base_url = models.URLField()
    type = models.CharField(max_length=40)
    his_id = models.CharField(max_length=64)
    version = models.CharField(max_length=64)
    seen = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["base_url", "type", "his_id", "version"], name="his_change_seen_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type}/{self.his_id}"


class RegistrarTaskQuerySet(ActorQuerySet["RegistrarTask"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """The registrars of the centre."""
        if actor is None or actor.role != User.Role.REGISTRAR:
            return self.none()
        return self.filter(organization_id=actor.organization_id)


class RegistrarTask(models.Model):
    """A question about a HIS record that only a registrar can answer."""

    class Kind(models.TextChoices):
        AMBIGUOUS = "ambiguous", _("several records match")
        NO_MATCH = "no-match", _("no record matches")
        MERGED = "merged", _("two records were merged")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    his_id = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = RegistrarTaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "done_at", "created"], name="his_registrar")
        ]

    def __str__(self) -> str:
        return f"{self.kind}"
