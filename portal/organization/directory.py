"""What each page says of a centre: its name, its telephone and its clock."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal.organization.models import Organization

REMEMBERED_S = 60


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    telecom: str
    zone: ZoneInfo


def look_up(organization_id: uuid.UUID) -> Entry:
    """The centre's entry; read from the database at most once a minute and process."""
    return _read(organization_id, int(time.monotonic() // REMEMBERED_S))


@lru_cache(maxsize=256)
def _read(organization_id: uuid.UUID, _minute: int) -> Entry:
    centre = Organization.objects.get(pk=organization_id)
    return Entry(centre.name, centre.telecom, centre.zone)
