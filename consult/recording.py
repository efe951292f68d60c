"""The doctor looks at the record: as it was last read, with its time, and noted (R32, R38)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from consult.models import Attachment, Encounter, EvidencePaper
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.his import snapshot
from portal.his.breaker import quietly
from portal.locking import for_update
from portal.record import summary
from portal.record.facts import Section
from portal.record.models import Patient, RecordSection

AMBER = timedelta(minutes=15)
LOOKED_S = 15 * 60
ORDER = tuple(RecordSection.Section)


@dataclass(frozen=True, slots=True)
class Shown:
    """One section as the desk shows it: `colour` says how far to trust it."""

    name: str
    title: str
    facts: Section[Any]
    is_refreshing: bool
    reason: str

    @property
    def as_of(self) -> datetime | None:
        return self.facts.as_of

    @property
    def colour(self) -> str:
        """Fresh, amber when older than 15 minutes, grey when it could not be read (HIS law 7)."""
        if self.facts.error or not self.facts.is_known:
            return "grey"
        fresh = self.as_of is not None and timezone.now() - self.as_of <= AMBER
        return "fresh" if fresh else "amber"


@transaction.atomic
def open_record(actor: Actor, encounter: Encounter) -> None:
    """The doctor opens the resident's record: noted once a visit, in the journal each time."""
    row = for_update(Encounter.objects).get(pk=encounter.pk)
    if row.record_viewed_at is None:
        row.record_viewed_at = encounter.record_viewed_at = timezone.now()
        row.save(update_fields=["record_viewed_at"])
    journal.write(actor, "open-record", row)
    transaction.on_commit(lambda: snapshot.request_stale(encounter.patient))


def show_section(actor: Actor, encounter: Encounter, name: str) -> Shown:
    """One section, as it stands now; what is older is being read again behind the page."""
    journal.write(actor, "view-record", encounter, section=name)
    return next(shown for shown in sections(encounter.patient) if shown.name == name)


def show_file(actor: Actor, row: Attachment | EvidencePaper) -> None:
    """Who looked at a picture or a paper: in the journal, once a person and quarter of an hour."""
    mark = f"looked:{actor.user_id}:{row.pk}"
    if quietly(lambda: cache.get(mark)):
        return
    with transaction.atomic():
        journal.write(actor, "view-file", row)
        transaction.on_commit(lambda: quietly(lambda: cache.set(mark, 1, LOOKED_S)))


def sections(patient: Patient) -> list[Shown]:
    """All seven, from the snapshot: one query, whatever the hospital does."""
    rows = {row.section: row for row in RecordSection.objects.filter(patient=patient)}
    read = summary.read(patient)
    now = timezone.now()
    return [
        Shown(
            name.value,
            str(name.label),
            getattr(read, name.value),
            _refreshing(rows.get(name.value), now),
            _reason(rows.get(name.value)),
        )
        for name in ORDER
    ]


def _refreshing(row: RecordSection | None, now: datetime) -> bool:
    since = row.refreshing_since if row else None
    return since is not None and now - since < snapshot.GIVEN_UP


def _reason(row: RecordSection | None) -> str:
    """Why a section could not be read, in a sentence."""
    if row is None or not row.error:
        return ""
    return str(snapshot.REASONS.get(row.error, snapshot.REASONS["unavailable"]))
