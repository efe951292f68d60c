"""What a resident reads of one request: one sentence, until when, who acts next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.record.models import Prescription
from refill.models import MedicationDispense, RefillRequest

Status = RefillRequest.Status


@dataclass(frozen=True, slots=True)
class Story:
    """The state of one medicine's request, as the resident reads it."""

    kind: str  # of the status mark: waiting, active, done, stopped
    sentence: str
    step: str = ""  # what comes next, and who does it
    promised: datetime | None = None
    is_late: bool = False


def story(
    row: RefillRequest, dispense: MedicationDispense | None = None, *, is_carried: bool = False
) -> Story:
    """One sentence a state."""
    if row.status == Status.REQUESTED:
        return _waiting(row)
    if row.status == Status.ACCEPTED:
        sentence = _("Your doctor agrees to more than four weeks.")
        return Story("active", sentence, _("read it and agree, then your doctor signs"))
    if row.status == Status.ON_HOLD:
        return Story("waiting", _("Your doctor would like to talk with you first: %(why)s") % {"why": row.status_reason}, _("book a talk"))  # fmt: skip  # noqa: E501
    if row.status == Status.IN_PROGRESS:
        return on_its_way(row.prescription, dispense, is_carried=is_carried)
    if row.status == Status.COMPLETED:
        return Story("done", _("You have it."))
    return Story("stopped", _ended(row), _next_step(row))


def _waiting(row: RefillRequest) -> Story:
    late = row.due_at < timezone.now()
    if late:
        sentence = _("Your doctor is late. The centre's manager knows and looks after it.")
    else:
        sentence = _("Your doctor decides.")
    if row.status_reason:
        sentence = _("The pharmacist asked your doctor to correct it.")
    step = _("your doctor answers; you need not do anything")
    return Story("waiting", sentence, step, row.due_at, late)


def on_its_way(
    prescription: Prescription | None,
    dispense: MedicationDispense | None,
    *,
    is_carried: bool = False,
) -> Story:
    """Where a medicine is that was prescribed: checked, paid, packed, with the courier."""
    if dispense is not None:
        if dispense.packed_at is None:
            return Story(
                "active", _("Paid. The pharmacist packs it."), _("the pharmacist packs it")
            )
        if is_carried:
            return Story("active", _("It is packed and sealed. A courier brings it."), _("it is handed over to you against your code"))  # fmt: skip  # noqa: E501
        return Story("active", _("It is packed and sealed."), _("it is handed over to you"))
    if prescription is not None and prescription.status == Prescription.Status.RETURNED:
        sentence = _("The pharmacist asked your doctor to correct it.")
        return Story("waiting", sentence, _("your doctor answers; you need not do anything"))
    if prescription is not None and prescription.status == Prescription.Status.EFFECTIVE:
        return Story("active", _("The pharmacist has checked it. Nothing has been charged yet."), _("choose how to receive it and pay"))  # fmt: skip  # noqa: E501
    sentence = _("Your doctor has prescribed it. The pharmacist checks it.")
    until = prescription.valid_until if prescription else None
    return Story("active", sentence, _("the pharmacist checks it"), until)


def _ended(row: RefillRequest) -> str:
    if row.status == Status.CANCELLED:
        return _("You took it back.")
    if row.decided_by_id is None and row.status == Status.REJECTED:
        return row.status_reason
    if row.status == Status.REJECTED:
        return _("Your doctor did not agree: %(why)s") % {"why": row.status_reason}
    return _("It did not come to its end: %(why)s") % {"why": _(row.status_reason)}


def _next_step(row: RefillRequest) -> str:
    if row.next_step:
        return str(RefillRequest.NextStep(row.next_step).label)
    return _("ask again when you need it") if row.status != Status.REJECTED else ""
