"""What the law wants every visitor to see: services, prices, staff, where to complain (R132)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from portal.accounts.models import User
from portal.organization.models import HealthcareService, Organization
from portal.record.models import Practitioner

YEARS_OF_PRACTICE = 3  # R6


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """The facts of every centre, ready for the landing page."""

    centres: list[Organization]
    doctors: list[Practitioner]
    complaint_telecom: str


def public_facts() -> PublicFacts:
    online = HealthcareService.objects.filter(is_online=True)
    centres = Organization.objects.prefetch_related(
        Prefetch("services", queryset=online, to_attr="online_services")
    )
    return PublicFacts(list(centres), online_doctors(), settings.COMPLAINT_TELECOM)


def online_doctors() -> list[Practitioner]:
    """Doctors who may work online today: licensed, long enough in practice, allowed (R6)."""
    today = timezone.localdate()
    return list(
        Practitioner.objects.filter(
            user__is_active=True,
            user__role=User.Role.DOCTOR,
            institution_consents=True,
            licence_until__gte=today,
            independent_since__lte=_years_before(today, YEARS_OF_PRACTICE),
        ).select_related("organization")
    )


def _years_before(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year - years)
