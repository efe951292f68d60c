"""What runs out when, with what was asked for and how far it is: the resident's own list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.record.models import Patient
from refill import requesting, supply, triaging
from refill.models import MedicationDispense, RefillRequest
from refill.rules import Answer, Kind
from refill.supply import Supply
from refill.wording import Story, story


@dataclass(frozen=True, slots=True)
class Row:
    """One medicine: how long it lasts, and the open request for more, if there is one."""

    supply: Supply
    request: RefillRequest | None = None
    story: Story | None = None
    answer: Answer | None = None  # what the rules say to asking for it now
    is_early: bool = False  # too early, but a reason opens the door

    @property
    def can_be_chosen(self) -> bool:
        can = self.is_early or bool(self.answer and self.answer.can_be_asked)
        return self.request is None and can

    @property
    def is_too_early(self) -> bool:
        return bool(self.answer and self.answer.kind == Kind.TOO_EARLY)

    @property
    def wants_a_talk(self) -> bool:
        return bool(self.answer and self.answer.kind in (Kind.REASSESS, Kind.NOT_ALLOWED))

    @property
    def is_due(self) -> bool:
        """It runs out soon and nobody has asked for more."""
        return self.request is None and self.supply.is_open

    @property
    def has_run_out(self) -> bool:
        return self.supply.days_left is not None and self.supply.days_left <= 0


def of_patient(patient: Patient) -> list[Row]:
    """Every long-term medicine, the soonest to run out first."""
    found = open_requests(patient)
    fills = fills_of(found.values())
    rows = []
    for one in supply.run_out(patient):
        request = found.get(one.key[:120])
        if one.is_continuous or request:
            rows.append(Row(one, request, told(request, fills)))
    return rows


def to_choose(patient: Patient) -> list[Row]:
    """The same with the rules' answer to each: can be asked, too early, a talk, not allowed."""
    found = open_requests(patient)
    fills = fills_of(found.values())
    rows = []
    for one in triaging.assess(patient):
        request = found.get(one.supply.key[:120])
        early = requesting.may_ask_early(one)
        rows.append(Row(one.supply, request, told(request, fills), one.answer, early))
    return rows


def of_basket(requests: Iterable[RefillRequest]) -> list[tuple[RefillRequest, Story]]:
    """What became of each medicine that was asked for together."""
    rows = list(requests)
    fills = fills_of(rows)
    return [(row, told(row, fills) or story(row)) for row in rows]


def past(patient: Patient, limit: int = 5) -> list[tuple[RefillRequest, Story]]:
    """What was asked for and has ended, the newest first."""
    rows = RefillRequest.objects.filter(patient=patient).exclude(status__in=RefillRequest.OPEN)
    rows = rows.select_related("medication").order_by("-authored_on")[:limit]
    return [(row, story(row)) for row in rows]


def open_requests(patient: Patient) -> dict[str, RefillRequest]:
    rows = RefillRequest.objects.filter(patient=patient).open()
    return {row.medicine_key: row for row in rows.select_related("prescription")}


def fills_of(requests: Iterable[RefillRequest]) -> dict[UUID, MedicationDispense]:
    """The fill of each request's prescription, in one question."""
    ids = [row.prescription_id for row in requests if row.prescription_id]
    fills = MedicationDispense.objects.filter(prescription__in=ids) if ids else ()
    return {fill.prescription_id: fill for fill in fills}


def told(request: RefillRequest | None, fills: dict[UUID, MedicationDispense]) -> Story | None:
    if request is None:
        return None
    fill = fills.get(request.prescription_id) if request.prescription_id else None
    return story(request, fill)
