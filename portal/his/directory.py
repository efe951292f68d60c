"""The doctors of the HIS and their calendars, asked at most once an hour."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from django.core.cache import cache

from portal.his.breaker import quietly
from portal.his.connecting import base_url, connect
from portal.his.terms import DoctorFact, Result
from portal.organization.models import Organization

KEPT_SECONDS = 3600


def doctors(organization: Organization) -> Result[tuple[DoctorFact, ...]]:
    """Everybody the HIS lists. For jobs: it may wait up to a minute. Raises HisError."""
    name = f"his:directory:{hashlib.sha256(base_url(organization).encode()).hexdigest()[:32]}"
    kept: Result[tuple[DoctorFact, ...]] | None = quietly(lambda: cache.get(name))
    if kept is not None:
        return replace(kept, source="cache")
    answer = connect(organization).directory()
    quietly(lambda: cache.set(name, answer, KEPT_SECONDS))
    return answer
