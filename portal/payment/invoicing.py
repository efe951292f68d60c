"""Put a bill together: lines, waivers, issue, and taking a line back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import SYSTEM, Actor
from portal.audit import journal
from portal.locking import for_update
from portal.payment import insurance, signals
from portal.payment.models import ChargeItem, Invoice
from portal.payment.workflow import INVOICE, still_at_the_cashier
from portal.record.models import Patient
from portal.workflow import Refused

DUE_AFTER = timedelta(days=3)


def open_for(patient: Patient) -> Invoice:
    """The bill being put together for this resident; there is only ever one."""
    key: dict[str, Any] = {
        "patient": patient,
        "organization_id": patient.organization_id,
        "status": "draft",
    }
    try:
        with transaction.atomic():
            return Invoice.objects.get_or_create(**key)[0]
    except IntegrityError:
        return Invoice.objects.get(**key)


@transaction.atomic
def add_line(
    actor: Actor, invoice: Invoice, kind: str, row: Any, amount_minor: int, **shares: int
) -> ChargeItem:
    """Charge `row` once: amount in minor units, `fund_minor` and `personal_account_minor` insured.

    Raises Refused when the bill is no longer open or the shares do not fit (R102, R103).
    """
    invoice = locked(invoice)
    if invoice.status != Invoice.Status.DRAFT:
        raise Refused(_("This bill is already: %s.") % invoice.get_status_display())
    insured = sum(shares.values())
    if not 0 <= insured <= amount_minor or (kind == ChargeItem.Kind.DELIVERY and insured):
        raise Refused(_("The insurance shares do not fit this line."))
    if insured and insurance.agreement_of(invoice.organization) is None:
        raise Refused(_("This centre has no agreement with the insurance for online visits."))
    line, is_new = ChargeItem.objects.get_or_create(
        kind=kind,
        entity=row._meta.label,
        entity_id=str(row.pk),
        defaults={
            "invoice": invoice,
            "amount_minor": amount_minor,
            "cash_minor": amount_minor - insured,
            **shares,
        },
    )
    if is_new:
        recount(invoice)
        journal.write(actor, "charge", invoice, kind=kind, amount=amount_minor)
    return line


@transaction.atomic
def insure(actor: Actor, line: ChargeItem, **shares: int) -> bool:
    """Let the insurance pay its parts of a line that nobody has paid yet; False: too late."""
    invoice = locked(line.invoice)
    line.refresh_from_db()
    is_open = invoice.status in (Invoice.Status.DRAFT, Invoice.Status.ISSUED)
    rest = line.amount_minor - sum(shares.values())
    if not is_open or line.withdrawn_at or rest < line.waived_minor:
        return False
    if still_at_the_cashier(actor, invoice):
        return False
    line.fund_minor = shares.get("fund_minor", 0)
    line.personal_account_minor = shares.get("personal_account_minor", 0)
    line.cash_minor = rest
    line.save(update_fields=["fund_minor", "personal_account_minor", "cash_minor"])
    recount(invoice)
    journal.write(actor, "insure", invoice, shares=shares)
    return True


@transaction.atomic
def waive(actor: Actor, line: ChargeItem, amount_minor: int, reason: str) -> ChargeItem:
    """Ask the resident for `amount_minor` less on this line; the reason is kept."""
    invoice = locked(line.invoice)
    line.refresh_from_db()
    if invoice.status not in (Invoice.Status.DRAFT, Invoice.Status.ISSUED):
        raise Refused(_("This bill is already: %s.") % invoice.get_status_display())
    if refusal := still_at_the_cashier(actor, invoice):
        raise Refused(refusal)
    if not reason.strip():
        raise Refused(_("Say why this is waived."))
    if not 0 < amount_minor <= line.cash_minor:
        raise Refused(_("Only what the resident pays can be waived."))
    line.waived_minor, line.waived_reason, line.waived_by = amount_minor, reason, actor.user
    line.save(update_fields=["waived_minor", "waived_reason", "waived_by"])
    recount(invoice)
    journal.write(actor, "waive", invoice, amount=amount_minor)
    return line


@transaction.atomic
def issue(actor: Actor, invoice: Invoice) -> Invoice:
    """The price is final: the resident may pay. A bill of nothing is paid at once."""
    now = timezone.now()
    invoice = INVOICE.apply("issue", invoice, actor=actor, issued_at=now, due_at=now + DUE_AFTER)
    if invoice.status == Invoice.Status.ISSUED and invoice.owed_minor == 0:
        invoice = balance(invoice)
    return invoice


@transaction.atomic
def issue_line(actor: Actor, line: ChargeItem) -> Invoice:
    """Let the resident pay this line now; lines that still wait stay on the open bill.

    Raises Refused when it is no longer charged.
    """
    locked(line.invoice)
    now = ChargeItem.objects.filter(pk=line.pk, withdrawn_at=None).first()
    if now is None:
        raise Refused(_("This is no longer charged."))
    invoice = locked(now.invoice)
    if invoice.status != Invoice.Status.DRAFT:
        return invoice
    if invoice.lines.exclude(pk=line.pk).exists():
        return _apart(actor, now, invoice)
    return issue(actor, invoice)


def _apart(actor: Actor, line: ChargeItem, shared: Invoice) -> Invoice:
    """A bill of its own for one line of the open bill."""
    now = timezone.now()
    own = Invoice.objects.create(
        organization_id=shared.organization_id, patient_id=shared.patient_id,
        currency=shared.currency, status=Invoice.Status.ISSUED, issued_at=now,
        due_at=now + DUE_AFTER,
    )  # fmt: skip
    line.invoice = own
    line.save(update_fields=["invoice"])
    recount(shared)
    recount(own)
    journal.write(actor, "issue", own, after=own.status, apart_from=str(shared.pk))
    return balance(own) if own.owed_minor == 0 else own


def balance(invoice: Invoice) -> Invoice:
    """Paid in full: those who waited for the money go on, in the same transaction."""
    invoice = INVOICE.apply("balance", invoice, actor=SYSTEM)
    signals.invoice_balanced.send(sender=Invoice, invoice=invoice)
    return invoice


def lines_of(row: Any) -> list[ChargeItem]:
    """Every line that charges this row."""
    lines = ChargeItem.objects.filter(entity=row._meta.label, entity_id=str(row.pk))
    return list(lines.select_related("invoice"))


def recount(invoice: Invoice) -> None:
    """Bring the sum owed in step with the lines; a new version closes old payment pages."""
    sums = invoice.lines.filter(withdrawn_at=None).aggregate(
        cash=Sum("cash_minor"), waived=Sum("waived_minor")
    )
    owed = (sums["cash"] or 0) - (sums["waived"] or 0)
    Invoice.objects.filter(pk=invoice.pk).update(owed_minor=owed, version=F("version") + 1)
    invoice.refresh_from_db()


def hold_bills_of(*rows: Any) -> None:
    """Keep the bills of these rows still, before the first journal line of the transaction.

    Money that arrives locks the bill first and the journal then; who cancels does it in the
    same order, or the two wait for each other.
    """
    ids = [line.invoice_id for row in rows for line in lines_of(row)]
    list(for_update(Invoice.objects).filter(pk__in=ids).order_by("pk"))


def hold_open(patient: Patient) -> Invoice:
    """The open bill, kept still before the first journal line of the transaction."""
    return locked(open_for(patient))


def locked(invoice: Invoice | uuid.UUID) -> Invoice:
    """The bill as it is now, kept still until the transaction ends."""
    pk = invoice.pk if isinstance(invoice, Invoice) else invoice
    return for_update(Invoice.objects).get(pk=pk)
