"""What runs out when, with what was asked for and how far it is: the resident's own list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.record.models import Patient
from refill import collecting, coming, requesting, supply, triaging
from refill.coming import Coming
from refill.models import MedicationDispense, RefillRequest
from refill.rules import Answer, Kind
from refill.supply import Supply
from refill.wording import Story, on_its_way, story


@dataclass(frozen=True, slots=True)
class Row:
    """One medicine: how long it lasts, and how far more of it is, asked for or prescribed."""

    supply: Supply
    request: RefillRequest | None = None
    story: Story | None = None
    answer: Answer | None = None  # what the rules say to asking for it now
    is_early: bool = False  # too early, but a reason opens the door
    coming: Coming | None = None  # prescribed without a request, on its way

    @property
    def can_be_chosen(self) -> bool:
        can = self.is_early or bool(self.answer and self.answer.can_be_asked)
        return self.request is None and self.coming is None and can

    @property
    def is_too_early(self) -> bool:
        return bool(self.answer and self.answer.kind == Kind.TOO_EARLY)

    @property
    def needs_leave(self) -> bool:
        """So early that only the doctor can allow it (R68)."""
        is_free = self.request is None and self.coming is None
        return is_free and self.is_too_early and not self.is_early

    @property
    def wants_a_talk(self) -> bool:
        return bool(self.answer and self.answer.kind in (Kind.REASSESS, Kind.NOT_ALLOWED))

    @property
    def is_due(self) -> bool:
        """It runs out soon and nobody has asked for more."""
        return self.request is None and self.coming is None and self.supply.is_open

    @property
    def status(self) -> str:
        """The state of the request, or of what was prescribed without one."""
        prescribed = RefillRequest.Status.IN_PROGRESS.label
        return self.request.get_status_display() if self.request else str(prescribed)

    @property
    def has_run_out(self) -> bool:
        return self.supply.days_left is not None and self.supply.days_left <= 0


def of_patient(patient: Patient) -> list[Row]:
    """Every long-term medicine, the soonest to run out first."""
    on_way = coming.of_many([patient])
    rows = []
    told_of = _Telling(patient, on_way.values())
    for one in supply.run_out(patient):
        row = told_of.row(one, on_way.get((patient.pk, one.key)))
        if one.is_continuous or row.story:
            rows.append(row)
    return rows


def to_choose(patient: Patient) -> list[Row]:
    """The same with the rules' answer to each: can be asked, too early, a talk, not allowed."""
    found = triaging.assess(patient)
    told_of = _Telling(patient, [one.coming for one in found if one.coming])
    return [
        told_of.row(
            one.supply, one.coming, answer=one.answer, is_early=requesting.may_ask_early(one)
        )
        for one in found
    ]


def of_basket(requests: Iterable[RefillRequest]) -> list[tuple[RefillRequest, Story]]:
    """What became of each medicine that was asked for together."""
    rows = list(requests)
    fills = fills_of(rows)
    brought = collecting.carried(_packed(fills.values()))
    return [(row, told(row, fills, brought)) for row in rows]


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


def told(
    request: RefillRequest, fills: dict[UUID, MedicationDispense], brought: Collection[UUID]
) -> Story:
    """One sentence of a request; `brought` are the fills that a courier carries."""
    fill = fills.get(request.prescription_id) if request.prescription_id else None
    return story(request, fill, is_carried=fill is not None and fill.pk in brought)


class _Telling:
    """Tells of each medicine of one resident how far more of it is."""

    def __init__(self, patient: Patient, on_way: Iterable[Coming]) -> None:
        self.requests = open_requests(patient)
        self.fills = fills_of(self.requests.values())
        ways = [one.fill for one in on_way if one.fill]
        self.carried = collecting.carried(_packed([*self.fills.values(), *ways]))

    def row(self, one: Supply, on_way: Coming | None, **more: Any) -> Row:
        request = self.requests.get(one.key[:120])
        if request is not None:
            return Row(one, request, told(request, self.fills, self.carried), **more)
        if on_way is None:
            return Row(one, **more)
        fill = on_way.fill
        is_carried = fill is not None and fill.pk in self.carried
        said = on_its_way(on_way.line.prescription, fill, is_carried=is_carried)
        return Row(one, None, said, coming=on_way, **more)


def _packed(fills: Iterable[MedicationDispense]) -> list[UUID]:
    return [fill.pk for fill in fills if fill.packed_at]
