"""How often each rule fires and is set aside: a rule nobody heeds is looked at again (R81)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from portal.organization.models import Organization
from portal.record.models import AlertFired, AlertOverride
from portal.record.rules import OVERRIDE
from portal.terminology import parameters


@dataclass(frozen=True, slots=True)
class Rate:
    """One rule in a span of time."""

    rule: str
    fired: int
    overridden: int

    @property
    def percent(self) -> int:
        return round(100 * self.overridden / self.fired) if self.fired else 0

    @property
    def is_for_review(self) -> bool:
        return self.percent > parameters.value("alerts.review_percent")


def rates(organization: Organization, since: datetime, until: datetime) -> list[Rate]:
    """The rules that asked for a reason at a centre, the most ignored first."""
    span = {"organization": organization, "at__gte": since, "at__lt": until}
    fired = AlertFired.objects.filter(severity=OVERRIDE, **span).order_by()
    answered = AlertOverride.objects.filter(**span).order_by()
    counted = dict(answered.values_list("rule").annotate(Count("pk")))
    rows = [
        Rate(rule, count, counted.get(rule, 0))
        for rule, count in fired.values_list("rule").annotate(Count("pk"))
    ]
    return sorted(rows, key=lambda rate: (-rate.percent, rate.rule))
