"""Asking for money back, and who may agree: one manager, above a limit two."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.payment import invoicing, refunding, telling
from portal.payment.models import ChargeItem, Invoice, RefundRequest
from portal.payment.workflow import REFUND_REQUEST, not_the_manager
from portal.terminology import parameters
from portal.workflow import Refused

Status = RefundRequest.Status
OPEN = (Status.ASKED, Status.PROPOSED)


@transaction.atomic
def ask(actor: Actor, line: ChargeItem, words: str) -> RefundRequest:
    """The resident asks for what is left of a paid line; a second tap is the same request."""
    invoice = invoicing.locked(line.invoice)
    if known := _open(line):
        return known
    if not words.strip():
        raise Refused(_("Please write why you ask for it."))
    amount = refunding.refundable(line)
    request = _new(actor, line, amount, "asked", words)
    telling.managers("refund-asked", invoice, str(request.pk))
    return request


@transaction.atomic
def propose(
    actor: Actor, line: ChargeItem, amount_minor: int, reason: str, words: str
) -> RefundRequest:
    """A manager pays back part of a line: at once, or above the limit once another agrees.

    Takes up what the resident has asked for. Raises Refused.
    """
    invoicing.locked(line.invoice)
    request = _open(line)
    if request is not None and request.status == Status.PROPOSED:
        raise Refused(_("This waits for a second person already."))
    _check(line, amount_minor)
    if not words.strip():
        raise Refused(_("Say why."))
    request = request or _new(actor, line, amount_minor, reason, words)
    if refusal := not_the_manager(actor, request):
        raise Refused(refusal)
    above = amount_minor > parameters.value("refund.second_person_above_minor")
    request = REFUND_REQUEST.apply(
        "propose", request, actor=actor, amount_minor=amount_minor, proposed_by=actor.user,
        needs_second=above, reason=reason,
        answer=words[:300] if request.asked_by_id != actor.user_id else "",
    )  # fmt: skip
    if above:
        telling.managers("refund-second", line.invoice, str(request.pk), besides=actor.user)
        return request
    return approve(actor, request)


@transaction.atomic
def approve(actor: Actor, request: RefundRequest) -> RefundRequest:
    """Agree: the money goes back, once. Raises Refused."""
    invoicing.locked(request.line.invoice)
    request = for_update(RefundRequest.objects).get(pk=request.pk)
    if request.status == Status.APPROVED:
        return request
    if refusal := REFUND_REQUEST.refusal("approve", request, actor):
        raise Refused(refusal)
    line, amount = request.line, request.amount_minor
    refund = refunding.refund_line(actor, line, amount, request.reason, request.pk)
    facts = {"decided_by": actor.user, "decided_at": timezone.now(), "refund": refund}
    approved: RefundRequest = REFUND_REQUEST.apply("approve", request, actor=actor, **facts)
    return approved


@transaction.atomic
def decline(actor: Actor, request: RefundRequest, words: str) -> RefundRequest:
    """Do not agree, and say why; the resident who asked reads it on the bill."""
    if not words.strip():
        raise Refused(_("Say why."))
    invoice = invoicing.locked(request.line.invoice)
    facts = {"decided_by": actor.user, "decided_at": timezone.now(), "answer": words[:300]}
    declined: RefundRequest = REFUND_REQUEST.apply("decline", request, actor=actor, **facts)
    if declined.asked_by_id == invoice.patient.user_id:
        telling.resident("refund-declined", invoice, str(declined.pk))
    return declined


def waiting(organization_id: uuid.UUID | None) -> int:
    """How many requests of a centre wait for a manager."""
    rows = RefundRequest.objects.filter(line__invoice__organization=organization_id)
    return rows.filter(status__in=OPEN).count()


def _open(line: ChargeItem) -> RefundRequest | None:
    return RefundRequest.objects.filter(line=line, status__in=OPEN).first()


def _check(line: ChargeItem, amount_minor: int) -> None:
    if line.invoice.status != Invoice.Status.BALANCED:
        raise Refused(_("This bill has not been paid."))
    if line.withdrawn_at or not 0 < amount_minor <= refunding.refundable(line):
        raise Refused(_("No more than what is left of this line can be paid back."))


def _new(actor: Actor, line: ChargeItem, amount: int, reason: str, words: str) -> RefundRequest:
    _check(line, amount)
    if actor.user is None:
        raise Refused(_("Only a person can ask for this."))
    try:
        with transaction.atomic():
            request = RefundRequest.objects.create(
                line=line, amount_minor=amount, reason=reason, words=words[:300],
                asked_by=actor.user,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(_("This was asked for already.")) from error
    journal.write(actor, "ask-refund", request, after=request.status, amount=amount)
    return request
