"""What a visit costs: on the bill from booking on, and off it when no advice came (R104, R107)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from consult.models import Appointment, Encounter
from consult.rules.doctors import service_of
from portal.accounts.actor import SYSTEM, Actor
from portal.payment import invoicing, refunding
from portal.payment.models import ChargeItem, Invoice
from portal.record.models import MedicationRequest, Prescription
from portal.workflow import Refused

CONSULTATION = ChargeItem.Kind.CONSULTATION


@dataclass(frozen=True, slots=True)
class Fee:
    """The fee of one visit as it stands: its line and the bill that holds it."""

    line: ChargeItem
    invoice: Invoice

    @property
    def is_paid(self) -> bool:
        return self.invoice.status == Invoice.Status.BALANCED and self.line.withdrawn_at is None


def fee_of(appointment: Appointment) -> Fee | None:
    """None where nothing is charged for this visit."""
    line = next(iter(invoicing.lines_of(appointment)), None)
    return Fee(line, line.invoice) if line else None


@transaction.atomic
def charge(actor: Actor, appointment: Appointment) -> None:
    """Put the centre's price on the resident's open bill, once; a price of 0 is no line.

    Call `hold` before the first journal line of the transaction.
    """
    service = service_of(appointment.practitioner)
    if service is not None and service.price_minor:
        invoice = invoicing.open_for(appointment.patient)
        invoicing.add_line(actor, invoice, CONSULTATION, appointment, service.price_minor)


def hold(appointment: Appointment) -> None:
    """Lock the bills that booking and cancelling touch, before the journal's lock."""
    service = service_of(appointment.practitioner)
    if appointment.status == Appointment.Status.PROPOSED and service and service.price_minor:
        invoicing.hold_open(appointment.patient)
    lines = MedicationRequest.objects.filter(
        prescription__encounter_id__in=Encounter.objects.filter(appointment=appointment).values(
            "pk"
        )
    )
    invoicing.hold_bills_of(appointment, *lines)


def pay_now(actor: Actor, appointment: Appointment) -> Invoice:
    """The bill with which this visit can be paid at once. Raises Refused."""
    fee = fee_of(appointment)
    if fee is None:
        raise Refused(_("There is nothing to pay for this visit."))
    return invoicing.issue_line(actor, fee.line)


def bill(actor: Actor, encounter: Encounter) -> bool:
    """After the visit: what is still on the open bill can be paid now; True when it was issued.

    It waits while a prescription of the visit is under way: then all is paid at once.
    """
    fee = fee_of(encounter.appointment)
    if fee is None or fee.invoice.status != Invoice.Status.DRAFT or _is_waiting(fee, encounter):
        return False
    invoicing.issue_line(actor, fee.line)
    return True


def bill_finished() -> int:
    """The clock: visits whose prescription came to nothing are paid alone; how many were."""
    waiting = ChargeItem.objects.filter(
        kind=CONSULTATION, entity=Appointment._meta.label, invoice__status=Invoice.Status.DRAFT
    )
    ids = [uuid.UUID(pk) for pk in waiting.values_list("entity_id", flat=True)]
    done = Encounter.objects.filter(appointment__in=ids, status=Encounter.Status.FINISHED)
    return sum(bill(SYSTEM, visit) for visit in done.select_related("appointment"))


def give_back(actor: Actor, appointment: Appointment, reason: str) -> None:
    """No advice was given: an unpaid fee falls away, a paid one goes back in full (R107)."""
    refunding.refund_row(actor, appointment, reason)


def _is_waiting(fee: Fee, encounter: Encounter) -> bool:
    """The pharmacist has not answered yet, or the resident has not chosen how to receive it."""
    forms = Prescription.objects.filter(
        encounter_id=encounter.pk, status=Prescription.Status.SIGNED
    )
    return forms.exists() or fee.invoice.lines.exclude(kind=CONSULTATION).exists()
