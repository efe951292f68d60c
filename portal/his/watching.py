"""What changed in the HIS: polled with overlap, advanced by the HIS's own clock (law 9)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from portal.his.client import Client
from portal.his.errors import HisError, NotFound, Rejected
from portal.his.searching import Page, search, updated
from portal.his.terms import Change
from portal.his.wire import people
from portal.his.wire.tolerant import moment, reference, word

logger = logging.getLogger(__name__)

OVERLAP = timedelta(seconds=180)  # transactions become visible late
FIRST_LOOK = timedelta(minutes=10)
WATCHED = (
    "Appointment", "Slot", "Patient", "AllergyIntolerance", "Condition", "MedicationRequest",
    "Observation", "DiagnosticReport", "DocumentReference", "Encounter",
)  # fmt: skip
ROWS, SECONDS = 10_000, 10.0  # of one type in one round; a job may take its time
Resource = dict[str, Any]


def changes(client: Client, cursor: dict[str, str]) -> tuple[tuple[Change, ...], dict[str, str]]:
    """What changed, type by type; one type that fails waits for the next round."""
    found: list[Change] = []
    onward, failures = dict(cursor), []
    for kind in WATCHED:
        try:
            page = _since(client, kind, cursor.get(kind, ""))
        except (Rejected, NotFound) as error:
            logger.info("%s is not watched: %s", kind, error)
            continue
        except HisError as error:
            failures.append(error)
            continue
        found += [_change(item) for item in page.resources]
        onward[kind] = _advanced(page, cursor.get(kind, ""))
    if len(failures) == len(WATCHED):
        raise failures[0]
    return tuple(found), onward


def _since(client: Client, kind: str, before: str) -> Page:
    start = moment(before) or timezone.now() - FIRST_LOOK
    words = {"_lastUpdated": f"ge{_text(start - OVERLAP)}"}
    extras = {"_sort": "_lastUpdated", "_count": "200"}
    return search(client, kind, words, extras=extras, limit=ROWS, seconds=SECONDS)


def _text(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _advanced(page: Page, before: str) -> str:
    """The newest time seen. A list cut short and not in order moves nothing: read it again."""
    times = [when for when in map(updated, page.resources) if when]
    in_order = all(late >= early for early, late in pairwise(times))
    if not page.complete and not in_order:
        logger.warning("%s: a list cut short and unsorted, cursor stays", page.kind)
        return before
    start = moment(before)
    newest = max([*times, *([start] if start else [])], default=None)
    if newest and times and not page.complete and newest == (start or newest):
        newest = _beyond(page.kind, times)
    return newest.isoformat() if newest else _text(page.server_time or page.at)


def _beyond(kind: str, times: list[datetime]) -> datetime:
    """More changed at once than one round can read: the next one begins where this one ended.

    Looking back as always would read the same rows for ever. Where even one second holds
    too many, that second is left behind: the rest of the news counts more.
    """
    onward = max(times[-1].replace(microsecond=0), times[0] + timedelta(seconds=1))
    logger.warning("%s: more news than one round can read", kind)
    return onward + OVERLAP


def _change(resource: Resource) -> Change:
    kind = word(resource.get("resourceType"))
    return Change(
        ref=people.ref(resource),
        at=updated(resource) or timezone.now(),
        patient_id=WHOSE.get(kind, _subject)(resource),
        status=word(resource.get("status")),
        replaced_by=people.patient(resource).replaced_by if kind == "Patient" else "",
        doctor_id=people.participant(resource, "Practitioner") if kind == "Appointment" else "",
        start=moment(resource.get("start")),
    )


def _subject(resource: Resource) -> str:
    return reference(resource.get("patient") or resource.get("subject"), "Patient")


WHOSE: dict[str, Callable[[Resource], str]] = {
    "Patient": lambda resource: word(resource.get("id")),
    "Appointment": lambda resource: people.participant(resource, "Patient"),
    "Slot": lambda resource: "",
}
