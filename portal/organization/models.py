from __future__ import annotations

import uuid
from datetime import date
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Organization(models.Model):
    """A community health centre: the tenant that every row belongs to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    telecom = models.CharField(max_length=30)
    address = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    his_base_url = models.URLField(blank=True)
    his_id = models.CharField(max_length=64, blank=True)
    licence_number = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        """The day it is at this centre, wherever the server stands."""
        return timezone.localdate(timezone=self.zone)


class HealthcareService(models.Model):
    """What a centre offers online, in which licensed department, at what price (R29, R132)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="services")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    department = models.CharField(max_length=100)
    is_online = models.BooleanField(default=False)
    price_minor = models.PositiveIntegerField(default=0)
    price_source = models.CharField(max_length=120, blank=True)  # the price list it is from (R104)
    currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"], name="organization_one_service_a_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day off, or a weekend day that is worked: of one centre, or of the whole country.

    Nothing is shipped: each year's days are announced, and somebody enters them with their source.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("centre"), help_text=_("Empty: everywhere."),
    )  # fmt: skip
    day = models.DateField(_("day"))
    is_working = models.BooleanField(
        _("working day"), default=False, help_text=_("A weekend day that is worked instead.")
    )
    name = models.CharField(_("name"), max_length=60)
    source = models.CharField(_("source"), max_length=120)

    class Meta:
        ordering = ["day"]
        verbose_name = _("day off or make-up working day")
        verbose_name_plural = _("days off and make-up working days")
        constraints = [
            models.UniqueConstraint(fields=["organization", "day"], name="calendar_one_row_a_day"),
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(organization=None),
                name="calendar_one_row_a_day_everywhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
