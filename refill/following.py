"""A request follows its prescription: into the resident's hands, back to the doctor, to its end.

The counter tells the resident of each of these ends; nothing is told twice.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from portal.accounts.actor import SYSTEM
from portal.record.models import Prescription
from refill import requesting
from refill.models import MedicationDispense, RefillRequest
from refill.workflow import REFILL

Status = Prescription.Status
GONE = (Status.REFUSED, Status.EXPIRED, Status.CANCELLED)
FOLLOWED = (*GONE, Status.RETURNED, Status.COMPLETED)


@transaction.atomic
def follow(prescription: Prescription, status: str = "") -> None:
    """Called inside the transaction that moves the prescription, to `status` where it is told."""
    status = status or prescription.status
    if status not in FOLLOWED:
        return
    rows = RefillRequest.objects.filter(
        prescription=prescription, status__in=("accepted", "in-progress")
    )
    for row in rows.select_related("organization", "patient__user"):
        _follow(row, prescription, status)


def _follow(row: RefillRequest, prescription: Prescription, status: str) -> None:
    now = timezone.now()
    if status == Status.RETURNED:
        due = requesting.due(now, row.organization)
        facts = {"status_reason": prescription.status_reason, "due_at": due, "escalated_at": None}
        REFILL.apply("return", row, actor=SYSTEM, **facts)
        return
    fills = MedicationDispense.objects.filter(prescription=prescription)
    if status == Status.COMPLETED and fills.filter(status="completed").exists():
        REFILL.apply("complete", row, actor=SYSTEM, ended_at=now)
        return
    REFILL.apply("fail", row, actor=SYSTEM, status_reason=_why(status), ended_at=now)


def _why(status: str) -> str:
    """In English: the reader's page says it in the reader's language."""
    if status == Status.EXPIRED:
        return _("it was not ordered in its time")
    if status == Status.COMPLETED:
        return _("it could not be handed over")
    if status == Status.REFUSED:
        return _("the pharmacist refused it")
    return _("your doctor took it back")
