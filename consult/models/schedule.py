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
from portal.record.models import Patient, Practitioner


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ScheduleQuerySet(ActorQuerySet["Schedule"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """A doctor plans their own hours."""
        if actor is None or actor.role != User.Role.DOCTOR:
            return self.none()
        return self.filter(practitioner__user_id=actor.user_id)


class Schedule(models.Model):
    """A doctor's weekly online hours, in the centre's own time zone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    start = models.TimeField()
    end = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=15)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="schedule_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_weekday_in_week"),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_minutes__lte=120),
                name="schedule_slot_is_five_minutes_to_two_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start}–{self.end}"


class ScheduleExceptionQuerySet(ActorQuerySet["ScheduleException"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """A doctor plans their own days."""
        if actor is None or actor.role != User.Role.DOCTOR:
            return self.none()
        return self.filter(practitioner__user_id=actor.user_id)


class ScheduleException(models.Model):
    """A day that differs: closed, or open at other hours instead of the weekly ones."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    day = models.DateField()
    is_open = models.BooleanField(default=False)
    start = models.TimeField(null=True, blank=True)
    end = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=100, blank=True)

    objects = ScheduleExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["day", "start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_open=False)
                | Q(start__isnull=False, end__isnull=False, end__gt=F("start")),
                name="schedule_open_exception_says_when",
            ),
            models.UniqueConstraint(
                fields=["practitioner", "day"],
                condition=Q(is_open=False),
                name="schedule_closed_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class CalendarCopy(models.Model):
    """What the hospital's own calendar last said of a doctor, where the hospital keeps it."""

    practitioner = models.OneToOneField(
        Practitioner, models.CASCADE, primary_key=True, related_name="+"
    )
    is_owner = models.BooleanField(default=False)  # the HIS alone decides this doctor's times
    as_of = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    refreshing_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.as_of}"


class SlotQuerySet(ActorQuerySet["Slot"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Residents see their own doctor's times; a doctor their own; a manager the centre's."""
        if actor is None:
            return self.none()
        if actor.role == User.Role.RESIDENT:
            own = Patient.objects.visible_to(actor).exclude(general_practitioner=None)
            return self.filter(practitioner__in=own.values("general_practitioner"))
        if actor.role == User.Role.DOCTOR:
            return self.filter(practitioner__user_id=actor.user_id)
        if actor.role == User.Role.MANAGER:
            return self.filter(organization_id=actor.organization_id)
        return self.none()


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
    is_blocked = models.BooleanField(default=False)  # taken back by hand: hours do not reopen it
    his_ref = models.CharField(max_length=120, blank=True)

    objects = SlotQuerySet.as_manager()

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
