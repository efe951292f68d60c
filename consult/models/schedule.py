from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.organization.models import Organization
from portal.record.models import Patient, Practitioner


class Schedule(models.Model):
    """A doctor's weekly online hours, in the centre's own time zone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    start = models.TimeField()
    end = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=15)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["weekday", "start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="schedule_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_weekday_in_week"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start}–{self.end}"


class ScheduleException(models.Model):
    """A day that differs: closed, or open at other hours."""

    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    day = models.DateField()
    is_open = models.BooleanField(default=False)
    start = models.TimeField(null=True, blank=True)
    end = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.day}"


class Slot(models.Model):
    """A bookable time of one doctor."""

    class Status(models.TextChoices):
        FREE = "free", _("free")
        HELD = "busy-tentative", _("held for ten minutes")
        BUSY = "busy", _("booked")
        UNAVAILABLE = "busy-unavailable", _("not available")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Status, default=Status.FREE)
    held_for = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="+")
    held_until = models.DateTimeField(null=True, blank=True)
    his_ref = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "start"], name="slot_one_a_start"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="slot_ends_after_start"),
            models.CheckConstraint(
                condition=Q(
                    status="busy-tentative", held_for__isnull=False, held_until__isnull=False
                )
                | (~Q(status="busy-tentative") & Q(held_until__isnull=True)),
                name="slot_hold_names_who_and_until",
            ),
        ]
        indexes = [models.Index(fields=["practitioner", "status", "start"], name="slot_free_times")]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M}"
