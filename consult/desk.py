"""What a doctor's desk shows: who is in, who waits, who comes, and who acts next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consult.models import BookingDraft, Communication, EmergencyDuty, Encounter, Viewing
from consult.placing import ORDER
from consult.rules.doctors import practitioner_of
from portal.accounts.actor import Actor
from portal.record.models import Patient, Practitioner, Prescription

PAGE = 25
OTHERS = 20
GRACE = timedelta(hours=24)
PRESENT = timedelta(seconds=60)
Status = Encounter.Status
Author = Communication.Author

TURNS = {
    "doctor": (_("you act next"), "active"),
    "resident": (_("the resident acts next"), "waiting"),
    "pharmacist": (_("the pharmacist acts next"), "info"),
    "nobody": (_("nothing to do"), "done"),
}


class BadCursor(ValueError):
    """The mark of the next page is not one of ours."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The queue pane: alarms and duties first, then who is in, waits, comes, has left."""

    alarms: list[BookingDraft]
    duties: list[EmergencyDuty]
    inside: list[Encounter]
    waiting: list[Encounter]
    coming: list[Encounter]
    left: list[Encounter]
    more: str


def desk(actor: Actor, after: str = "") -> Desk:
    """The doctor's queue. The number of queries is the same for five people and five thousand."""
    now = timezone.now()
    mine = _rows(Encounter.objects.visible_to(actor), now)
    waiting = list(_after(mine.filter(status=Status.ARRIVED), after).order_by(*ORDER)[: PAGE + 1])
    more = _mark(waiting[PAGE - 1]) if len(waiting) > PAGE else ""
    return Desk(
        list(_alarms(actor, now)),
        list(
            EmergencyDuty.objects.visible_to(actor)
            .filter(contacted_at=None)
            .select_related("patient", "encounter")[:OTHERS]
        ),
        list(mine.filter(status=Status.IN_PROGRESS).order_by("started_at")[:OTHERS]),
        waiting[:PAGE],
        list(_coming(mine, now)),
        list(_left(mine, now)),
        more,
    )


def turn(row: Encounter) -> str:
    """Who acts next (a row of `desk`)."""
    facts: Any = row
    if row.status == Status.PLANNED:
        return "resident"
    if row.status == Status.ARRIVED:
        return "doctor"
    if row.status == Status.IN_PROGRESS:
        return "resident" if facts.last_author == Author.DOCTOR else "doctor"
    if facts.asked_afterwards:
        return "doctor"
    return "pharmacist" if facts.to_review else "nobody"


def waiting_minutes(row: Encounter, now: datetime | None = None) -> int:
    """How long somebody has been in the waiting room."""
    if row.arrived_at is None:
        return 0
    return int(((now or timezone.now()) - row.arrived_at).total_seconds() // 60)


def present(actor: Actor, patient: Patient) -> list[Practitioner]:
    """Note that this doctor looks at this resident; answer which other doctors do too."""
    now = timezone.now()
    doctor = practitioner_of(actor)
    Viewing.objects.update_or_create(
        patient=patient, practitioner=doctor, defaults={"seen_at": now}
    )
    others = Viewing.objects.filter(patient=patient, seen_at__gt=now - PRESENT)
    return list(
        Practitioner.objects.filter(
            pk__in=others.exclude(practitioner=doctor).values("practitioner")
        )
    )


def _rows(encounters: QuerySet[Encounter], now: datetime) -> QuerySet[Encounter]:
    """With what the status words need, in the same query."""
    said = Communication.objects.filter(encounter=OuterRef("pk")).exclude(author_kind="system")
    after = said.filter(author_kind__in=("resident", "helper"), sent__gt=OuterRef("ended_at"))
    to_review = Prescription.objects.filter(encounter_id=OuterRef("pk"), status="signed")
    return encounters.select_related("patient", "appointment").annotate(
        last_author=Subquery(said.order_by("-seq").values("author_kind")[:1]),
        asked_afterwards=Exists(after),
        to_review=Exists(to_review),
    )


def _alarms(actor: Actor, now: datetime) -> QuerySet[BookingDraft]:
    """Residents who named warning signs while booking and have no visit yet (R30)."""
    drafts = BookingDraft.objects.visible_to(actor).exclude(red_flags=[])
    lately = drafts.filter(answered_at__gt=now - GRACE)
    return lately.select_related("patient__user").order_by("-answered_at")[:OTHERS]


def _coming(rows: QuerySet[Encounter], now: datetime) -> QuerySet[Encounter]:
    soon = rows.filter(
        status=Status.PLANNED, promised_at__gte=now - GRACE, promised_at__lt=now + GRACE
    )
    return soon.order_by("promised_at")[:OTHERS]


def _left(rows: QuerySet[Encounter], now: datetime) -> QuerySet[Encounter]:
    gone = rows.filter(
        Q(status=Status.FINISHED) | Q(status=Status.CANCELLED, started_at__isnull=False),
        ended_at__gt=now - GRACE,
    )
    return gone.order_by("-ended_at")[:OTHERS]


def _after(rows: QuerySet[Encounter], mark: str) -> QuerySet[Encounter]:
    """Keyset paging: straight to the row after the mark, never counting over the others."""
    if not mark:
        return rows
    try:
        priority, promised, arrived, pk = json.loads(signing.loads(mark, salt="desk"))
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor from error
    later = Q(priority__gt=priority)
    same = Q(priority=priority)
    later |= same & Q(promised_at__gt=promised)
    same &= Q(promised_at=promised)
    later |= same & Q(arrived_at__gt=arrived)
    later |= same & Q(arrived_at=arrived, pk__gt=pk)
    return rows.filter(later, priority__gte=priority)


def _mark(row: Encounter) -> str:
    arrived = row.arrived_at.isoformat() if row.arrived_at else ""
    place = [row.priority, row.promised_at.isoformat(), arrived, str(row.pk)]
    return signing.dumps(json.dumps(place), salt="desk")
