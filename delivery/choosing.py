"""How the medicine of a bill reaches the resident: collected, brought, or to a named person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from delivery.models import Address, DeliveryChoice, DeliveryWindow
from delivery.models.area import STAFF
from delivery.rules import fee, limit, minutes
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.organization import directory
from portal.organization.models import Organization
from portal.payment import invoicing, refunding
from portal.payment.models import ChargeItem, Invoice
from portal.payment.workflow import INVOICE
from portal.record.models import MedicationRequest
from portal.terminology.models import Medication
from portal.workflow import Refused

Mode = DeliveryChoice.Mode
COLD = (Medication.Storage.COLD, Medication.Storage.FREEZE)
COLLECTED = {
    "line": "", "phone": "", "receiver_name": "", "zone": None, "latitude": None,
    "longitude": None, "window_start": None, "window_end": None, "fee_minor": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A promised time: from when, until when."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody named in advance, an adult, with a telephone for the code (R96, R97)."""

    name: str
    phone: str


@transaction.atomic
def choose(
    actor: Actor,
    invoice: Invoice,
    mode: str,
    *,
    address: Address | None = None,
    receiver: Receiver | None = None,
    window: Span | None = None,
) -> DeliveryChoice:
    """Settle how it is brought: the fee is on the bill and the bill can be paid.

    Until it is paid another choice takes the place of this one. Raises Refused.
    """
    # The centre's row is the lock of a window's last place; it comes before the journal's.
    for_update(Organization.objects).get(pk=invoice.organization_id)
    invoice = _open(actor, invoice)
    medicines = medicines_of(invoice)
    if refusal := why_not(invoice, medicines, mode):
        raise Refused(refusal)
    facts: dict[str, Any] = {**COLLECTED, "mode": mode, "chosen_by": actor.user}
    facts["chosen_at"] = timezone.now()
    if mode != Mode.PICK_UP:
        facts |= _brought(invoice, medicines, address, receiver if mode == Mode.RECEIVER else None)
        facts |= _promised(invoice, window)
    choice, _new = DeliveryChoice.objects.update_or_create(
        invoice=invoice,
        defaults=facts,
        create_defaults={
            **facts, "organization_id": invoice.organization_id, "patient_id": invoice.patient_id
        },
    )  # fmt: skip
    _charge(actor, invoice, choice)
    journal.write(actor, "choose-delivery", choice, mode=mode, fee=choice.fee_minor)
    invoicing.issue(actor, invoice)
    return choice


def why_not(invoice: Invoice, medicines: list[MedicationRequest], mode: str) -> str | None:
    """Why the medicine of this bill cannot go this way; None when it can."""
    if not medicines:
        return _("There is no medicine on this bill.")
    if mode not in Mode.values:
        return _("Please choose one of these ways.")
    if mode == Mode.PICK_UP:
        return None
    if any(line.medication.storage == Medication.Storage.FREEZE for line in medicines):
        return _("This medicine has to stay frozen: please collect it at the centre.")
    child = invoice.patient.age_on(directory.today(invoice.organization_id)) < limit("receiver_age")
    if child and mode == Mode.COURIER:
        return _("A parcel is only given to an adult: please name who receives it.")
    return None


def medicines_of(invoice: Invoice) -> list[MedicationRequest]:
    """The prescription lines that this bill charges."""
    charged = invoice.lines.filter(kind=ChargeItem.Kind.MEDICINE, withdrawn_at=None)
    ids = list(charged.values_list("entity_id", flat=True))
    return list(MedicationRequest.objects.filter(pk__in=ids).select_related("medication"))


def is_cold(medicines: list[MedicationRequest]) -> bool:
    return any(line.medication.storage in COLD for line in medicines)


def price(invoice: Invoice, address: Address) -> int | None:
    """What bringing it to this address costs; None where the centre does not deliver."""
    zone = address.zone
    if zone is None or not zone.is_active or zone.organization_id != invoice.organization_id:
        return None
    charged = invoice.lines.filter(kind=ChargeItem.Kind.MEDICINE, withdrawn_at=None)
    worth = sum(line.amount_minor for line in charged)
    return fee(zone, worth, is_cold=is_cold(medicines_of(invoice)))


def windows(centre: Organization, now: datetime | None = None) -> list[Span]:
    """The times that can still be promised, the next ones first."""
    now = now or timezone.now()
    today = timezone.localdate(now, centre.zone)
    rows = list(DeliveryWindow.objects.filter(organization=centre))
    taken = _taken(centre, now)
    found = []
    for ahead in range(limit("days_ahead") + 1):
        day = today + timedelta(days=ahead)
        for row in rows:
            start = datetime.combine(day, row.start, centre.zone)
            is_soon = start - now < minutes("lead_minutes")
            if not is_soon and taken[start] < row.capacity:
                found.append(Span(start, datetime.combine(day, row.end, centre.zone)))
    return sorted(found, key=lambda span: span.start)


def _taken(centre: Organization, now: datetime) -> Counter[datetime | None]:
    """How often each time is promised; where no medicine is left, nobody comes at that time."""
    medicine = ChargeItem.objects.filter(
        invoice=OuterRef("invoice"), kind=ChargeItem.Kind.MEDICINE, withdrawn_at=None
    )
    promised = DeliveryChoice.objects.filter(Exists(medicine), organization=centre)
    promised = promised.filter(window_start__gt=now)
    promised = promised.exclude(invoice__status=Invoice.Status.CANCELLED)
    return Counter(promised.values_list("window_start", flat=True))


def _open(actor: Actor, invoice: Invoice) -> Invoice:
    """The bill, locked, open for a choice; an issued one is taken back while unpaid."""
    invoice = invoicing.locked(invoice)
    is_staff = actor.role in STAFF and actor.organization_id == invoice.organization_id
    if actor.user_id != invoice.patient.user_id and not is_staff:
        raise Refused(_("Only the resident can do this."))
    if invoice.status == Invoice.Status.ISSUED:
        others = Invoice.objects.filter(patient=invoice.patient, status=Invoice.Status.DRAFT)
        if others.filter(organization_id=invoice.organization_id).exists():
            raise Refused(_("A newer bill is open: please pay this one as it is, or call us."))
        invoice = INVOICE.apply("reopen", invoice, actor=actor)
    if invoice.status != Invoice.Status.DRAFT:
        raise Refused(_("This bill is already: %s.") % invoice.get_status_display())
    return invoice


def _brought(
    invoice: Invoice,
    medicines: list[MedicationRequest],
    address: Address | None,
    receiver: Receiver | None,
) -> dict[str, object]:
    if address is None or address.patient_id != invoice.patient_id:
        raise Refused(_("Please choose an address."))
    cost = price(invoice, address)
    if cost is None:
        raise Refused(
            _("We do not deliver to this address yet. You can collect your medicine at the centre.")
        )
    Address.objects.filter(pk=address.pk).update(used_at=timezone.now())
    return {
        "line": address.line,
        "phone": receiver.phone if receiver else address.phone,
        "receiver_name": receiver.name if receiver else "",
        "zone": address.zone,
        "latitude": address.latitude,
        "longitude": address.longitude,
        "fee_minor": cost,
    }


def _promised(invoice: Invoice, window: Span | None) -> dict[str, object]:
    """The chosen time, if it is still free or this bill's own."""
    mine = DeliveryChoice.objects.filter(invoice=invoice, window_start__gt=timezone.now())
    kept = window is not None and mine.filter(
        window_start=window.start, window_end=window.end
    ).exists()  # fmt: skip
    if window is None or not (kept or window in windows(invoice.organization)):
        raise Refused(_("This time is full or past. Please choose another one."))
    return {"window_start": window.start, "window_end": window.end}


def _charge(actor: Actor, invoice: Invoice, choice: DeliveryChoice) -> None:
    """One delivery line on the bill, never insured (R103); none where nothing is asked."""
    refunding.refund_row(actor, choice, "chosen-anew")
    if choice.fee_minor:
        invoicing.add_line(
            actor, invoice, ChargeItem.Kind.DELIVERY, choice, choice.fee_minor
        )  # fmt: skip
