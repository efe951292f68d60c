"""At the door: the seal, the code or the name, and into whose hands it went (R91 to R99)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from delivery import chilling, choosing, coding, contents, holding, moving, rules, settling, telling
from delivery.coding import WrongCode
from delivery.models import DeliveryAttempt, DeliveryChoice, DeliveryStep, Proof
from delivery.models import SupplyDelivery as Parcel
from delivery.models.parcel import Stage
from delivery.proving import Said, shown
from delivery.workflow import SUPPLY_DELIVERY
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.workflow import Refused
from refill import handing

Step = DeliveryStep.Name
Reason = DeliveryAttempt.Reason
Method = Proof.Method
SECOND_TRY = (Reason.NO_ANSWER, Reason.NOT_HOME)
SAID_BY_COURIER = (
    Reason.NO_ANSWER, Reason.NOT_HOME, Reason.REFUSED, Reason.WRONG_ADDRESS, Reason.DAMAGED
)  # fmt: skip


@transaction.atomic
def start(actor: Actor, parcel: Parcel, *, scanned: str = "") -> Parcel:
    """The courier takes it over, by its number or its seal, and sets out. Raises Refused."""
    row = moving.locked(parcel)
    is_first = row.stage == Stage.ASSIGNED
    has_ended = row.stage in (Stage.ASSIGNED, Stage.RESCHEDULED) and contents.withdrawn(row)
    known = {row.number, *row.seal_numbers}
    if is_first and scanned.strip().upper() not in {sign.upper() for sign in known}:
        raise Refused(_("This is another parcel. Scan the one that belongs to this stop."))
    if has_ended or (is_first and contents.recalled(row)):
        raise Refused(_("A medicine in it was called back. Give it to the pharmacist."))
    if is_first and row.is_cold and (refusal := chilling.reading_missing(row)):
        raise Refused(refusal)
    facts: dict[str, Any] = {"out_at": timezone.now()} if is_first else {}
    row = moving.move("start", row, actor, step=Step.COLLECTED if is_first else "", **facts)
    telling.resident("parcel-out", row)
    telling.send_code(row)
    return row


def confirm(
    actor: Actor,
    parcel: Parcel,
    *,
    seal_intact: bool,
    client_id: uuid.UUID,
    code: str | None = None,
    name: str | None = None,
    signature: UploadedFile | None = None,
    photo: UploadedFile | None = None,
    at: datetime | None = None,
    place: str = "",
) -> Parcel:
    """Into the right hands, once; the same `client_id` again answers what became of it.

    A broken seal, a third wrong code or a spoiled cold parcel sends it back: look at the
    stage of the answer. Raises Refused (WrongCode while tries are left), and nothing is given.
    """
    method, picture = shown(signature, photo)
    said = Said(
        client_id, seal_intact, (code or "").strip(), (name or "").strip(), method, picture,
        at, place[:100],
    )  # fmt: skip
    answer = _decide(actor, parcel, said)
    if isinstance(answer, Refused):  # a wrong code counts: only now is it written
        raise answer
    return answer


def failed(
    actor: Actor,
    parcel: Parcel,
    reason: str,
    client_id: uuid.UUID,
    *,
    at: datetime | None = None,
    place: str = "",
) -> Parcel:
    """Not handed over, and why: a second time is set, or it goes back today (R98)."""
    if reason not in SAID_BY_COURIER:
        raise Refused(_("Please choose one of these reasons."))
    with transaction.atomic():
        row = moving.locked(parcel)
        if earlier := already(actor, client_id, row):
            return earlier
        said = Said(client_id, at=_not_before(row, at), place=place[:100])
        return _not_handed_over(actor, row, reason, said)


def already(actor: Actor, client_id: uuid.UUID, parcel: Parcel) -> Parcel | None:
    """What this person told before under this id: a telephone that sends twice gets one answer.

    Raises Refused for an id that answers for another parcel.
    """
    for rows in (Proof.objects, DeliveryAttempt.objects):
        found = rows.filter(client_id=client_id, by_id=actor.user_id).first()
        if found is not None and found.parcel_id != parcel.pk:
            raise Refused(_("This report belongs to another parcel. Open this one again."))
        if found is not None:
            return Parcel.objects.get(pk=found.parcel_id)
    return None


def _not_before(row: Parcel, at: datetime | None) -> datetime | None:
    """A telephone's clock may be wrong: nothing was at a door before it left the counter."""
    return max(at, row.out_at) if at and row.out_at else at


@transaction.atomic
def _decide(actor: Actor, parcel: Parcel, said: Said) -> Parcel | Refused:
    held = holding.whole(parcel)
    row = held.parcel
    if earlier := already(actor, said.client_id, row):
        return earlier
    said = replace(said, at=_not_before(row, said.at))
    if refusal := _not_at_the_door(actor, row):
        raise Refused(refusal)
    if not said.seal_intact:
        return _not_handed_over(actor, row, Reason.SEAL_BROKEN, said)
    if contents.recalled(row):
        return _not_handed_over(actor, row, Reason.RECALLED, said)
    if contents.withdrawn(row):
        return _not_handed_over(actor, row, Reason.CALLED_BACK, said)
    if chilling.spoiled(row, said.at):
        return _not_handed_over(actor, row, Reason.TOO_WARM, said)
    if refusal := chilling.reading_missing(row, said.at):
        raise Refused(refusal)
    if said.code and (coding.was_wrong(row, said.client_id) or not coding.is_code(row, said.code)):
        return _wrong(actor, row, said)
    if not said.code and (refusal := _not_the_receiver(row, said)):
        raise Refused(refusal)
    return hand_over(actor, held, said, "deliver")


def _not_at_the_door(actor: Actor, row: Parcel) -> str | None:
    step = SUPPLY_DELIVERY.transitions["deliver"]
    if row.stage not in step.sources:
        return _("This is already: %(status)s.") % {"status": row.get_stage_display()}
    if actor.user is None or actor.user_id != row.courier_id:
        return _("Another courier carries this parcel.")
    if rules.is_the_courier(actor.user, row.choice):
        return _("Nobody hands a parcel over to themselves.")
    return None


def _not_the_receiver(row: Parcel, said: Said) -> str | None:
    """Without the code: only somebody named in advance, by name and signature or photo (R96)."""
    if row.choice.mode != DeliveryChoice.Mode.RECEIVER:
        return _("Ask for the code: without it the parcel is not handed over.")
    if not said.name or not rules.same_name(said.name, row.choice.receiver_name):
        return _("This is not the name of the person who may receive it.")
    if not said.picture:
        return _("Without the code it needs a signature or a photo.")
    return None


def _wrong(actor: Actor, row: Parcel, said: Said) -> Parcel | Refused:
    """Count it once; the third one stops the hand-over."""
    most = rules.limit("code_tries")
    coding.count(actor, row, said.client_id, said.at)
    if row.wrong_codes >= most:
        return _not_handed_over(actor, row, Reason.WRONG_CODE, said)
    return WrongCode(most - row.wrong_codes)


def hand_over(actor: Actor, held: holding.Held, said: Said, step: str) -> Parcel:
    """Write the proof and give it, both or neither; `step` is "deliver" or "collect"."""
    now, row = timezone.now(), held.parcel
    proof = Proof(
        organization_id=row.organization_id, parcel=row, seal_intact=True,
        method=Method.CODE if said.code else said.method, receiver_name=said.name,
        client_id=said.client_id, at=said.at or now, by=_person(actor), place=said.place,
    )  # fmt: skip
    try:
        if not said.code:
            proof.file.save(f"{proof.pk}.jpg", ContentFile(said.picture), save=False)
        with transaction.atomic():
            proof.save()
            return _given(actor, held, said, step)
    except BaseException:
        if proof.file.name:
            default_storage.delete(proof.file.name)
        raise


def _given(actor: Actor, held: holding.Held, said: Said, step: str) -> Parcel:
    now, rows = timezone.now(), Parcel.objects.select_related
    row = rows("organization", "patient__user", "choice").get(pk=held.parcel.pk)
    row = moving.move(
        step, row, actor, step=Step.HANDED_OVER, at=said.at, place=said.place, delivered_at=now
    )
    for dispense in held.fills:
        handing.hand_over(actor, dispense, receiver=row.choice.receiver_name)
    if step == "collect":
        settling.collected(actor, row)
    telling.resident("parcel-delivered", row, when=now)
    return row


def _not_handed_over(actor: Actor, row: Parcel, reason: str, said: Said) -> Parcel:
    tries = row.failed_attempts + 1
    row = moving.move(
        "fail", row, actor, step=Step.ATTEMPTED, at=said.at, place=said.place,
        failed_attempts=tries, stage_reason=reason,
    )  # fmt: skip
    DeliveryAttempt.objects.create(
        parcel=row, number=tries, reason=reason, client_id=said.client_id,
        at=said.at or timezone.now(), by=_person(actor), place=said.place,
    )  # fmt: skip
    again = next(iter(choosing.windows(row.organization)), None)
    if reason in SECOND_TRY and tries < rules.limit("max_attempts") and not row.is_cold and again:
        row = moving.move(
            "reschedule", row, actor, window_start=again.start, window_end=again.end
        )  # fmt: skip
        telling.resident("parcel-missed", row)
        return row
    row = moving.move("return", row, actor)
    telling.resident("parcel-coming-back", row)
    return row


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise Refused(_("Only a person hands a parcel over."))
    return actor.user
