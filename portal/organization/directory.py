"""What each page says of a centre: its name, its telephone and its clock."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

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


def today(organization_id: uuid.UUID) -> date:
    """The day it is at this centre, wherever the server stands."""
    return day_of(timezone.now(), organization_id)


def day_of(moment: datetime, organization_id: uuid.UUID) -> date:
    """The day of this moment at this centre."""
    return timezone.localdate(moment, look_up(organization_id).zone)


@lru_cache(maxsize=256)
def _read(organization_id: uuid.UUID, _minute: int) -> Entry:
    centre = Organization.objects.get(pk=organization_id)
    return Entry(centre.name, centre.telecom, centre.zone)
