"""Who may take online cases, and in which departments (R6, R29)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from consult.rules.limits import limit
from portal.accounts.actor import Actor
from portal.organization.models import HealthcareService
from portal.record.models import Practitioner


def not_qualified(doctor: Practitioner, on: date) -> str | None:
    """Licence, institution's consent and years of independent work (R6)."""
    years = limit("doctor.min_independent_years")
    if doctor.licence_until < on or not doctor.licence_number:
        return _("The licence of %(doctor)s has ended.") % {"doctor": doctor.name}
    if not doctor.institution_consents:
        return _("The centre has not opened online visits for %(doctor)s.") % {
            "doctor": doctor.name
        }
    if _years_later(doctor.independent_since, years) > on:
        return _("%(doctor)s may not see people online yet.") % {"doctor": doctor.name}
    return None


def practitioner_of(actor: Actor) -> Practitioner:
    """The doctor behind the account that acts."""
    return Practitioner.objects.select_related("organization").get(user=actor.user)


def service_of(doctor: Practitioner) -> HealthcareService | None:
    """What the centre offers online in the doctor's department, with its price."""
    return HealthcareService.objects.filter(
        organization_id=doctor.organization_id, department=doctor.department, is_online=True
    ).first()


def department_not_online(doctor: Practitioner) -> str | None:
    """Only what the centre is licensed to offer online can be booked (R29)."""
    if service_of(doctor) is not None:
        return None
    return _("%(department)s is not offered online at this centre.") % {
        "department": doctor.department
    }


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
