"""A parcel did not arrive: the resident is paid back or gets a new one, and nobody runs out."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from delivery import holding, telling
from delivery.models import RefundOrReplace, SupplyDelivery
from delivery.rules import limit
from delivery.workflow import CASE
from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.payment import refunding
from portal.rounds import each
from portal.workflow import Refused
from refill import handing, stocking, supply
from refill.models import MedicationDispense

Outcome = RefundOrReplace.Outcome
COUNTER = (User.Role.PHARMACIST, User.Role.MANAGER)


def open_case(parcel: SupplyDelivery) -> RefundOrReplace:
    """Somebody has to decide, by when; who runs out soon is called at once (R98).

    Inside the caller's transaction; asked twice it is one case.
    """
    now = timezone.now()
    case, is_new = RefundOrReplace.objects.get_or_create(
        parcel=parcel,
        defaults={
            "organization_id": parcel.organization_id,
            "patient_id": parcel.patient_id,
            "due_at": now + timedelta(hours=limit("case_hours")),
            "days_left": days_left(parcel),
        },
    )
    if is_new:
        journal.write(SYSTEM, "open-case", case, after=case.status)
        telling.centre("parcel-case", case, *COUNTER)
        if case.days_left is None or case.days_left <= limit("runout_alert_days"):
            call_team(case, now)
    return case


def call_team(case: RefundOrReplace, now: object) -> None:
    """The family doctor and the manager hear that this resident runs out."""
    claimed = RefundOrReplace.objects.filter(pk=case.pk, team_called_at=None)
    if claimed.update(team_called_at=now):
        telling.team(case)


def days_left(parcel: SupplyDelivery) -> int | None:
    """For how many days the resident still has of what is in the parcel; None: not known."""
    carried = set(parcel.lines.values_list("dispense__line_id", flat=True))
    known = [
        row.short_days
        for row in supply.run_out(parcel.patient)
        if row.days_left is not None and carried & {line.pk for line in row.lines}
    ]
    return min(known, default=None)


@transaction.atomic
def refund(actor: Actor, case: RefundOrReplace, reason: str) -> RefundOrReplace:
    """Everything in the parcel and the way itself is paid back. Raises Refused."""
    case, held = holding.whole_case(case)
    if refusal := _not_said(reason) or CASE.refusal("refund", case, actor):
        raise Refused(refusal)
    settled: RefundOrReplace = CASE.apply("refund", case, actor=actor, **_facts(actor, Outcome.REFUNDED, reason))  # fmt: skip  # noqa: E501
    for dispense in held.fills:
        handing.decline(actor, dispense, "parcel-not-delivered")
    refunding.refund_row(actor, case.parcel.choice, "parcel-not-delivered")
    return settled


@transaction.atomic
def replace(actor: Actor, case: RefundOrReplace, reason: str) -> RefundOrReplace:
    """The same again, free of charge: the counter packs it anew. Raises Refused, OutOfStock.

    What was declined on its way is paid back already and is not sent again.
    """
    case, held = holding.whole_case(case)
    fills = [fill for fill in held.fills if fill.status == MedicationDispense.Status.IN_PROGRESS]
    if refusal := _not_said(reason) or CASE.refusal("replace", case, actor) or _nothing_in(fills):
        raise Refused(refusal)
    medicines = [fill.line.medication_id for fill in fills]
    stocking.hold(stocking.shelf(case.organization_id, *medicines))
    for fill in fills:
        stocking.reserve(fill.line)  # the boxes' rows come before the journal's
    settled: RefundOrReplace = CASE.apply("replace", case, actor=actor, **_facts(actor, Outcome.REPLACED, reason))  # fmt: skip  # noqa: E501
    for dispense in fills:
        handing.replace(actor, dispense, "parcel-not-delivered")
    telling.resident("parcel-again", case.parcel)
    return settled


def collected(actor: Actor, parcel: SupplyDelivery) -> None:
    """The resident took it at the counter after all. Inside the caller's transaction."""
    case = RefundOrReplace.objects.filter(parcel=parcel).first()
    if case is not None:
        CASE.apply("collect", case, actor=actor, **_facts(actor, Outcome.COLLECTED, ""))


def tell_overdue() -> int:
    """Cases that nobody decided in time reach the manager; how many."""
    late = RefundOrReplace.objects.waiting().filter(due_at__lt=timezone.now())
    return each(late.select_related("organization", "patient"), _tell_overdue)


def _tell_overdue(case: RefundOrReplace) -> bool:
    telling.centre("parcel-case-late", case, User.Role.MANAGER)
    return True


def _facts(actor: Actor, outcome: str, reason: str) -> dict[str, object]:
    return {
        "outcome": outcome,
        "reason": reason.strip()[:200],
        "decided_at": timezone.now(),
        "decided_by": actor.user,
    }


def _not_said(reason: str) -> str | None:
    return None if reason.strip() else _("Say why.")


def _nothing_in(fills: list[MedicationDispense]) -> str | None:
    return None if fills else _("Nothing in it is to be sent again: pay it back.")
