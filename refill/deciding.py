"""The doctor decides, one medicine at a time: sign a renewal, talk first, or not agree (R49)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.locking import for_update
from portal.record import prescribing, signing
from portal.record.models import Practitioner, Prescription
from portal.terminology.models import Frequency, Medication
from portal.workflow import Refused
from refill import picturing, telling
from refill.models import RefillRequest
from refill.rules import Case, Kind, too_long
from refill.workflow import REFILL

Status = RefillRequest.Status
FOUR_WEEKS = 28


@dataclass(frozen=True, slots=True)
class Assessment:
    """The strict assessment before more than four weeks (R62, R66)."""

    criteria: tuple[str, ...]
    text: str
    educated: bool


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the doctor signs. `seen` marks the record that stood before the doctor (R169)."""

    medication: Medication
    dose: Decimal
    frequency: Frequency
    days: int
    diagnoses: tuple[str, ...]
    reason: str
    seen: str
    confirmed_as_of: datetime | None = None
    dose_unit: str = ""
    instruction: str = ""
    early_reason: str = ""
    overrides: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    assessment: Assessment | None = None


@transaction.atomic
def approve(
    actor: Actor, request: RefillRequest, key: signing.SigningKey, renewal: Renewal
) -> RefillRequest:
    """Sign a renewal for this one medicine; over four weeks the resident agrees first.

    Two doctors at once: one signs, the other is told. Raises Refused, prescribing.Blocked,
    prescribing.NotConfirmed or signing.Locked; then nothing has changed.
    """
    doctor = _doctor(actor)
    (picture,) = picturing.pictures([_read(request)], doctor)  # before anybody waits for the row
    row = _held(request)
    if row.status == Status.IN_PROGRESS and row.decided_by_id == doctor.pk:
        return row  # the second tap of a double tap
    _refuse(actor, row, "approve")
    _refuse_unseen(row, picture, renewal)
    draft = _draft_of(actor, row, renewal)
    facts = _decided(doctor, prescription=draft, days=renewal.days)
    facts |= {"early_reason": renewal.early_reason or row.early_reason}
    if renewal.days > FOUR_WEEKS and draft.long_agreed_at is None:
        return _ask_to_agree(actor, row, draft, renewal, facts)
    for alert_key, (code, text) in renewal.overrides.items():
        prescribing.override(actor, draft, alert_key, code, text)
    facts["prescription"] = prescribing.sign(actor, draft, key, renewal.confirmed_as_of)
    signed: RefillRequest = REFILL.apply("approve", row, actor=actor, **facts)
    telling.refill(signed, "refill-prescribed")
    return signed


@transaction.atomic
def reject(actor: Actor, request: RefillRequest, reason: str, next_step: str) -> RefillRequest:
    """Not agreed: always with the reason and what the resident does next. Raises Refused."""
    row, doctor = _held(request), _doctor(actor)
    if row.status == Status.REJECTED and row.decided_by_id == doctor.pk:
        return row
    _refuse(actor, row, "reject")
    if next_step not in RefillRequest.NextStep.values or not next_step:
        raise Refused(_("Say what the resident should do next."))
    facts = _decided(doctor, status_reason=_words(reason), next_step=next_step)
    draft = row.prescription if row.status == Status.ACCEPTED else None
    rejected: RefillRequest = REFILL.apply(
        "reject", row, actor=actor, ended_at=timezone.now(), **facts
    )
    if draft is not None and draft.is_draft:
        prescribing.cancel(actor, draft, _("not agreed"))
    telling.refill(rejected, "refill-rejected")
    return rejected


@transaction.atomic
def hold(actor: Actor, request: RefillRequest, reason: str) -> RefillRequest:
    """A talk first: it waits, and the resident gets the way to a time. Raises Refused."""
    row, doctor = _held(request), _doctor(actor)
    if row.status == Status.ON_HOLD and row.decided_by_id == doctor.pk:
        return row
    _refuse(actor, row, "hold")
    facts = _decided(doctor, status_reason=_words(reason), next_step="talk")
    held: RefillRequest = REFILL.apply("hold", row, actor=actor, **facts)
    telling.refill(held, "refill-on-hold")
    return held


def why_not(actor: Actor, request: RefillRequest) -> str | None:
    """Why nothing can be decided here now; None while the doctor can."""
    if request.status == Status.ACCEPTED:
        draft = request.prescription
        agreed = draft is not None and draft.long_agreed_at is not None
        return None if agreed else _("The resident has not agreed yet.")
    return REFILL.refusal("approve", request, actor)


def _held(request: RefillRequest) -> RefillRequest:
    """The row as it is now, locked; what it points to is read after the wait for the lock."""
    for_update(RefillRequest.objects).get(pk=request.pk)
    return _read(request)


def _read(request: RefillRequest) -> RefillRequest:
    rows = RefillRequest.objects.select_related(
        "organization", "patient__general_practitioner", "patient__organization", "performer",
        "decided_by", "medication", "focus", "prescription",
    )  # fmt: skip
    return rows.get(pk=request.pk)


def _doctor(actor: Actor) -> Practitioner:
    doctor = Practitioner.objects.filter(user=actor.user).first() if actor.user else None
    if doctor is None:
        raise Refused(_("Only the resident's own doctor can do this."))
    return doctor


def _refuse(actor: Actor, row: RefillRequest, step: str) -> None:
    """The workflow's refusal; a colleague who was quicker is named."""
    reason = REFILL.refusal(step, row, actor)
    if reason and row.decided_by and row.decided_by.user_id != actor.user_id:
        reason = _("%(doctor)s has decided it already: %(status)s.") % {
            "doctor": row.decided_by.name,
            "status": row.get_status_display(),
        }
    if reason:
        raise Refused(reason)


def _refuse_unseen(row: RefillRequest, picture: picturing.Picture, renewal: Renewal) -> None:
    """Never before the record was there to be seen, nor against what the rules forbid (R73)."""
    if not renewal.seen:
        raise Refused(_("Look at the record first."))
    if renewal.seen != picture.seen:
        raise Refused(_("The record was read again meanwhile. Look at it once more."))
    if picture.answer.kind == Kind.NOT_ALLOWED:
        raise Refused(picture.answer.sentence)
    today = picturing.today_of(row)
    length = Case(renewal.medication, today, days_left=None, wanted_days=renewal.days)
    if long := too_long(length):
        raise Refused(long.sentence)
    early = picture.answer.kind == Kind.TOO_EARLY
    if early and not (renewal.early_reason.strip() or row.early_reason):
        raise Refused(_("It is early: write why you allow it."))
    if renewal.medication.substances != row.medication.substances:
        raise Refused(_("This is not a renewal of an earlier medicine."))


def _draft_of(actor: Actor, row: RefillRequest, renewal: Renewal) -> Prescription:
    """The draft to which the resident agreed, or a new one with this one line."""
    before = row.prescription
    if row.status == Status.ACCEPTED and before is not None and before.is_draft:
        return before
    draft = prescribing.draft(actor, row.patient, None, renewal.diagnoses)
    prescribing.add_line(
        actor, draft, renewal.medication, renewal.dose, renewal.frequency, renewal.days,
        dose_unit=renewal.dose_unit, days_reason=renewal.reason, continues=row.continues,
        instruction=renewal.instruction, prior_prescription=row.focus,
        course_of_therapy="continuous",
    )  # fmt: skip
    return draft


def _ask_to_agree(
    actor: Actor, row: RefillRequest, draft: Prescription, renewal: Renewal, facts: dict[str, Any]
) -> RefillRequest:
    if row.status == Status.ACCEPTED:
        raise Refused(_("The resident has not agreed yet."))
    if renewal.assessment is None:
        raise Refused(_("Over 4 weeks: assess the resident first, with all five conditions of stability."))  # fmt: skip  # noqa: E501
    said = renewal.assessment
    prescribing.assess_long(actor, draft, said.criteria, said.text, said.educated)
    accepted: RefillRequest = REFILL.apply("accept", row, actor=actor, **facts)
    return accepted


def _decided(doctor: Practitioner, **facts: Any) -> dict[str, Any]:
    return {"decided_by": doctor, "decided_at": timezone.now(), **facts}


def _words(text: str) -> str:
    words = " ".join(text.split())[:300]
    if not words:
        raise Refused(_("Write the reason in words."))
    return words
