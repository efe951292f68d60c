"""Free times of the HIS calendar, asked at most every 30 seconds a doctor."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from django.core.cache import cache

from portal.his.breaker import quietly
from portal.his.connecting import base_url, connect
from portal.his.terms import Result, SlotFact
from portal.organization.models import Organization

KEPT_SECONDS = 30


def find_slots(
    organization: Organization, doctor_id: str, start: datetime, end: datetime
) -> Result[tuple[SlotFact, ...]]:
    """Free times between two moments; from the cache when asked a moment ago.

    Waits for the HIS at most three seconds: never inside a transaction. Raises HisError.
    """
    first, last = (when.replace(second=0, microsecond=0) for when in (start, end))
    name = _name(organization, doctor_id, first, last)
    kept: Result[tuple[SlotFact, ...]] | None = quietly(lambda: cache.get(name))
    if kept is not None:
        return replace(kept, source="cache")
    answer = connect(organization).find_slots(doctor_id, first, last)
    quietly(lambda: cache.set(name, answer, KEPT_SECONDS))
    return answer


def _name(organization: Organization, doctor_id: str, start: datetime, end: datetime) -> str:
    words = "|".join([base_url(organization), doctor_id, start.isoformat(), end.isoformat()])
    return f"his:slots:{hashlib.sha256(words.encode()).hexdigest()[:32]}"
