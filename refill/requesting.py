"""A resident asks for more: one basket, each medicine answered at once and on its own (R68–R72)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.locking import for_update
from portal.organization import working_days
from portal.organization.models import Organization
from portal.record.models import Patient
from portal.terminology import parameters
from portal.workflow import Refused
from refill import triaging
from refill.models import RefillRequest
from refill.rules import Answers, Kind
from refill.triaging import Asking, Assessed, Readings
from refill.workflow import DESK, REFILL

Status = RefillRequest.Status
Channel = RefillRequest.Channel
MOST = 30
DECIDED_BY_LIMITS = (
    "refill.open_days_left", "refill.hard_block_days_left", "refill.review_max_months",
    "refill.review_max_months_unstable", "ltp.days_standard", "ltp.days_max",
    "refill.systolic_max", "refill.systolic_min", "refill.diastolic_max", "refill.glucose_max",
    "refill.glucose_min",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """How it is asked: for how long, why early, in which words, by whom, over which way.

    `basket` names one tap: the second tap of a double tap answers the first one's basket.
    """

    days: int = 0
    early: str = ""
    words: str = ""
    basket: uuid.UUID = field(default_factory=uuid.uuid4)
    channel: str = Channel.PORTAL
    caller: str = ""
    early_reason: str = ""
    for_leave: bool = False  # much too early: the doctor is asked to allow it (R68)


@dataclass(frozen=True, slots=True)
class Basket:
    """What became of each medicine; `already` were asked for before."""

    id: uuid.UUID
    requests: tuple[RefillRequest, ...] = ()
    already: tuple[RefillRequest, ...] = ()


@transaction.atomic
def ask(
    actor: Actor,
    patient: Patient,
    medicines: Sequence[str],
    answers: Answers,
    readings: Readings,
    *,
    wish: Wish | None = None,
) -> Basket:
    """Ask for these medicines (by their marks). Each gets its own answer; Raises Refused."""
    wish = wish or Wish()
    for_update(Patient.objects).get(pk=patient.pk)
    before = RefillRequest.objects.filter(basket=wish.basket)
    if tapped := tuple(before.filter(patient=patient)):
        return Basket(wish.basket, tapped)
    _refuse(actor, patient, wish, is_taken=before.exists())
    said = Asking(answers, readings, wish.days, wish.early, wish.words, wish.early_reason)
    wanted = [one for one in triaging.assess(patient, said) if one.supply.mark in set(medicines)]
    if not 0 < len(wanted) <= MOST:
        raise Refused(_("Choose the medicines you need first."))
    asked: list[RefillRequest] = []
    already: list[RefillRequest] = []
    for one, days in _lined_up(wanted, wish):
        row, is_new = _write(actor, patient, one, days, said, wish)
        (asked if is_new else already).append(row)
    return Basket(wish.basket, tuple(asked), tuple(already))


@transaction.atomic
def cancel(actor: Actor, request: RefillRequest, reason: str = "") -> RefillRequest:
    """Taken back before the doctor decided. Raises Refused."""
    row = for_update(RefillRequest.objects).get(pk=request.pk)
    if row.status == Status.CANCELLED:
        return row
    facts = {"status_reason": reason[:300], "ended_at": timezone.now()}
    cancelled: RefillRequest = REFILL.apply("cancel", row, actor=actor, **facts)
    return cancelled


def why_not_cancel(actor: Actor, request: RefillRequest) -> str | None:
    """Why this request can no longer be taken back; None while it can."""
    if request.status == Status.IN_PROGRESS:
        return _("Your doctor has prescribed it already. Call your centre if you do not need it.")
    return REFILL.refusal("cancel", request, actor)


def due(moment: datetime, centre: Organization) -> datetime:
    """One working day later: a Friday afternoon's by Monday afternoon, a Sunday's on Monday.

    Days off and make-up working days are the centre's own table.
    """
    days = int(parameters.value("refill.answer_working_days"))
    return working_days.after(centre, moment, days)


def stands(one: Assessed, wish: Wish) -> bool:
    """Whether the request goes to the doctor; early only with the resident's reason.

    Much too early it goes there only as a question whether the doctor allows it, in words.
    """
    if one.answer.kind != Kind.TOO_EARLY:
        return one.answer.can_be_asked
    return bool(wish.early) and (may_ask_early(one) or wish.for_leave)


def may_ask_early(one: Assessed) -> bool:
    """More than 14 days before the end only the doctor opens the door (R68)."""
    blocks = int(parameters.value("refill.hard_block_days_left"))
    left = one.supply.days_left
    return one.answer.kind == Kind.TOO_EARLY and left is not None and left <= blocks


def _refuse(actor: Actor, patient: Patient, wish: Wish, *, is_taken: bool) -> None:
    if is_taken:
        raise Refused(_("This form has been sent before. Open the page again."))
    if patient.general_practitioner is None:
        raise Refused(_("Choose your family doctor first: they answer your requests."))
    if wish.early and wish.early not in RefillRequest.Early.values:
        raise Refused(_("Say why you ask early: choose from the list."))
    if wish.for_leave and not (wish.early and wish.words.strip()):
        raise Refused(_("Tell your doctor in words why you need it so early."))
    if wish.channel == Channel.PORTAL:
        allowed = actor.role == User.Role.RESIDENT and patient.user_id == actor.user_id
    elif wish.channel == Channel.DOCTOR:
        allowed = patient.general_practitioner.user_id == actor.user_id
    else:
        allowed = actor.role in DESK and patient.organization_id == actor.organization_id
        if not wish.caller.strip():
            raise Refused(_("Write down who asked."))
    if not allowed or (wish.early_reason and wish.channel != Channel.DOCTOR):
        raise Refused(_("You cannot ask for this person."))


def _lined_up(wanted: list[Assessed], wish: Wish) -> list[tuple[Assessed, int]]:
    """Each with the days that let all of them end on one day (R69)."""
    days = wish.days or int(parameters.value("ltp.days_standard"))
    left = [one.supply.short_days for one in wanted if stands(one, wish)]
    least = min(left, default=0)
    return [(one, max(1, days - max(0, one.supply.short_days - least))) for one in wanted]


def _write(
    actor: Actor, patient: Patient, one: Assessed, days: int, said: Asking, wish: Wish
) -> tuple[RefillRequest, bool]:
    """One row for one medicine; what is open already is answered again."""
    rows = RefillRequest.objects.filter(patient=patient, medicine_key=one.supply.key)
    if row := rows.open().first():
        return row, False
    try:
        with transaction.atomic():
            row = RefillRequest.objects.create(**_facts(actor, patient, one, said, wish), days=days)
    except IntegrityError:  # somebody asked at the same moment
        return rows.open().get(), False
    journal.write(actor, "ask", row, after=row.status, rule=row.rule, channel=row.channel)
    return row, True


def _facts(
    actor: Actor, patient: Patient, one: Assessed, said: Asking, wish: Wish
) -> dict[str, Any]:
    """The row of one medicine: what it is, what was said, and what the rules answer."""
    if one.supply.medication is None or actor.user is None:
        raise Refused(one.answer.sentence)
    now = timezone.now()
    return {
        "organization_id": patient.organization_id,
        "patient": patient,
        "medicine_key": one.supply.key[:120],
        "medication": one.supply.medication,
        "focus": one.supply.line,
        "continues": one.supply.fact.reference if one.supply.fact else "",
        "asked_by": actor.user,
        "authored_on": now,
        "due_at": due(now, patient.organization),
        "parameter_versions": {key: parameters.version(key) for key in DECIDED_BY_LIMITS},
        **_answered(one, wish, now),
        **_said(said, wish),
    }


def _answered(one: Assessed, wish: Wish, now: datetime) -> dict[str, Any]:
    goes = stands(one, wish)
    return {
        "status": Status.REQUESTED if goes else Status.REJECTED,
        "status_reason": "" if goes else one.answer.sentence[:300],
        "ended_at": None if goes else now,
        "triage": one.answer.kind,
        "rule": one.answer.rule,
        "sentence": one.answer.sentence[:300],
    }


def _said(said: Asking, wish: Wish) -> dict[str, Any]:
    return {
        "basket": wish.basket,
        "answers": {**asdict(said.answers), "words": wish.words[:500]},
        "readings": said.readings.plain(),
        "early": wish.early,
        "early_reason": wish.early_reason[:200],
        "channel": wish.channel,
        "caller": wish.caller[:100],
    }
