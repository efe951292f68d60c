"""What a visit costs: on the bill from booking on, and off it when no advice came (R104, R107)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consult.models import Appointment, Encounter
from consult.rules.doctors import service_of
from portal.accounts.actor import SYSTEM, Actor
from portal.locking import for_update
from portal.payment import insurance, invoicing, looking, prices, refunding
from portal.payment.models import ChargeItem, Invoice
from portal.record.models import MedicationRequest, Prescription
from portal.rounds import each
from portal.workflow import Refused

CONSULTATION = ChargeItem.Kind.CONSULTATION
SIGNED = Prescription.Status.SIGNED


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

    Call `hold_open` before the first journal line of the transaction.
    """
    service = service_of(appointment.practitioner)
    if service is not None and service.price_minor:
        invoice = invoicing.open_for(appointment.patient)
        centre = appointment.organization
        price = prices.charged(centre, CONSULTATION, service.code, service.price_minor)
        invoicing.add_line(actor, invoice, CONSULTATION, appointment, price)


def hold_open(appointment: Appointment) -> None:
    """Lock the bill that a booking goes on, before the journal's lock."""
    service = service_of(appointment.practitioner)
    if service and service.price_minor:
        invoicing.hold_open(appointment.patient)


def hold(appointment: Appointment) -> None:
    """Lock the bills that the end of a visit touches, before the journal's lock."""
    # Prescription before bill, as the counter locks them.
    visit = Encounter.objects.filter(appointment=appointment).values("pk")
    forms = for_update(Prescription.objects).filter(encounter_id__in=visit)
    held = [form.pk for form in forms.order_by("pk")]
    lines = MedicationRequest.objects.filter(prescription__in=held)
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
    return each(done.select_related("appointment"), partial(bill, SYSTEM))


def insure(actor: Actor, encounter: Encounter) -> None:
    """The insurance pays its part of a visit with a prescription (R102), unless it is paid."""
    fee = fee_of(encounter.appointment)
    prescribed = Prescription.objects.filter(encounter_id=encounter.pk, status=SIGNED)
    if fee is None or fee.line.withdrawn_at or not prescribed.exists():
        return
    shares = insurance.split(encounter.patient, CONSULTATION, fee.line.amount_minor)
    if shares:
        invoicing.insure(actor, fee.line, **shares)


def give_back(actor: Actor, appointment: Appointment, reason: str) -> None:
    """No advice was given: an unpaid fee falls away, a paid one goes back in full (R107)."""
    refunding.refund_row(actor, appointment, reason)


def _is_waiting(fee: Fee, encounter: Encounter) -> bool:
    """The pharmacist has not answered yet, or the resident has not chosen how to receive it."""
    forms = Prescription.objects.filter(encounter_id=encounter.pk, status=SIGNED)
    return forms.exists() or fee.invoice.lines.exclude(kind=CONSULTATION).exists()


def step(invoice: Invoice) -> looking.Step | None:
    """From a bill that is still being put together to the visit it is about."""
    line = invoice.lines.filter(kind=CONSULTATION, withdrawn_at=None).first()
    if line is None:
        return None
    url = reverse("consult:appointment", args=[line.entity_id])
    return looking.Step(_("To the appointment"), url)
