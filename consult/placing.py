"""The order of a waiting room: urgent, then promised time, then arrival; and what each is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from consult.models import Encounter
from consult.rules import limit
from portal.accounts.actor import Actor
from portal.realtime import publish
from portal.record.models import Practitioner

ORDER = ("priority", "promised_at", "arrived_at", "pk")
TOLD = 200  # how many waiting people hear of each change at once; the others see it on their page
Status = Encounter.Status


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: 1 is next."""

    place: int
    estimate_minutes: int
    promised: datetime

    @property
    def ahead(self) -> int:
        return self.place - 1

    def event(self, encounter: Encounter) -> dict[str, Any]:
        """As the socket says it (chat.md)."""
        return {
            "type": "queue.place",
            "encounter": str(encounter.pk),
            "place": self.place,
            "estimate_minutes": self.estimate_minutes,
            "promised": self.promised.isoformat(),
        }


def waiting(doctor_id: Any) -> Any:
    """Everybody in a doctor's waiting room, in order."""
    return Encounter.objects.filter(practitioner_id=doctor_id, status=Status.ARRIVED).order_by(
        *ORDER
    )


def ahead_of(row: Encounter) -> Q:
    """Who stands before this one."""
    ahead = Q(priority__lt=row.priority)
    same = Q(priority=row.priority)
    ahead |= same & Q(promised_at__lt=row.promised_at)
    same &= Q(promised_at=row.promised_at)
    ahead |= same & Q(arrived_at__lt=row.arrived_at)
    return ahead | (same & Q(arrived_at=row.arrived_at, pk__lt=row.pk))


def place(encounter: Encounter) -> Place:
    """The place of somebody who waits, and an honest guess of the minutes."""
    before = waiting(encounter.practitioner_id).filter(ahead_of(encounter)).count()
    return _place(encounter, before, _talks(encounter.practitioner_id))


def place_of(actor: Actor) -> list[dict[str, Any]]:
    """A resident's own places, as events for a socket that begins to watch."""
    mine = Encounter.objects.visible_to(actor).filter(status=Status.ARRIVED)
    return [place(encounter).event(encounter) for encounter in mine]


def desk_state(actor: Actor) -> dict[str, Any]:
    """A doctor's desk in numbers, for a socket that begins to watch."""
    rows = Encounter.objects.visible_to(actor).filter(status=Status.ARRIVED)
    waiting_now = list(rows.order_by(*ORDER).values_list("pk", "priority")[:TOLD])
    return {
        "encounter": str(waiting_now[0][0]) if waiting_now else None,
        "state": "watching",
        "waiting": len(waiting_now),
        "urgent": sum(priority == Encounter.Priority.URGENT for _pk, priority in waiting_now),
    }


def announce(encounter: Encounter) -> None:
    """After commit: the room hears its state, the desk and everyone waiting their place."""
    transaction.on_commit(lambda: _announce(encounter))


def _announce(encounter: Encounter) -> None:
    doctor = Practitioner.objects.get(pk=encounter.practitioner_id)
    state: dict[str, Any] = {
        "type": "consult.state", "encounter": str(encounter.pk), "state": encounter.status,
    }  # fmt: skip
    if encounter.status_reason:
        state["reason"] = encounter.status_reason
    publish.to_room(encounter.pk, state)
    queue = list(waiting(doctor.pk).select_related("patient")[:TOLD])
    talks = _talks(doctor.pk)
    for before, row in enumerate(queue):
        if row.patient.user_id:
            publish.to_person(row.patient.user_id, _place(row, before, talks).event(row))
    publish.to_person(
        doctor.user_id,
        {
            "type": "queue.changed",
            "encounter": str(encounter.pk),
            "state": encounter.status,
            "waiting": len(queue),
        },
    )


def _talks(doctor_id: Any) -> int:
    return Encounter.objects.filter(practitioner_id=doctor_id, status=Status.IN_PROGRESS).count()


def _place(encounter: Encounter, before: int, talks: int) -> Place:
    """Those before, and who is in now, each take their minutes; never before a free doctor's time.

    A doctor who has nobody begins at the promised time, so the guess is not less than that.
    """
    minutes = (before + min(talks, 1)) * limit("consult.minutes_a_patient")
    if not talks and not before:
        left = encounter.promised_at - timezone.now()
        minutes = max(minutes, int(left.total_seconds() // 60))
    return Place(before + 1, max(minutes, 0), encounter.promised_at)
