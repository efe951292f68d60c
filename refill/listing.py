"""What runs out when, with what was asked for and how far it is: the resident's own list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.record.models import Patient
from refill import supply
from refill.models import MedicationDispense, RefillRequest
from refill.supply import Supply
from refill.wording import Story, story


@dataclass(frozen=True, slots=True)
class Row:
    """One medicine: how long it lasts, and the open request for more, if there is one."""

    supply: Supply
    request: RefillRequest | None = None
    story: Story | None = None

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
