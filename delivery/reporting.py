"""What a courier's phone reports, now or hours later: taken once, and every report is answered."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from delivery import chilling, dispatch, handover, returning
from delivery.models import SupplyDelivery
from delivery.models.parcel import ENDED, Stage
from portal.accounts.actor import Actor
from portal.workflow import Refused


@dataclass(frozen=True, slots=True)
class Report:
    """One deed, under the number by which the phone keeps it."""

    client_id: uuid.UUID
    at: datetime
    celsius: Decimal | None = None
    number: str = ""
    is_whole: bool = True
    code: str = ""
    name: str = ""
    signature: UploadedFile | None = None
    photo: UploadedFile | None = None
    reason: str = ""

    @classmethod
    def of(cls, said: dict[str, Any]) -> Report:
        """From a form that was found good."""
        return cls(
            client_id=said["client_id"],
            at=said["done_at"],
            celsius=said.get("celsius"),
            number=said.get("number", ""),
            is_whole=said.get("seal", "whole") == "whole",
            code=said.get("code", ""),
            name=said.get("receiver_name", ""),
            signature=said.get("signature"),
            photo=said.get("photo"),
            reason=said.get("reason", ""),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it, in a sentence for the courier."""

    parcel: SupplyDelivery
    sentence: str
    is_taken: bool = True


def find(actor: Actor, pk: uuid.UUID, client_id: uuid.UUID | None) -> SupplyDelivery | None:
    """The courier's parcel, also the one this very report ended; None for anybody else's.

    Raises Refused for one that this courier handed over, or lost, before.
    """
    known = SupplyDelivery.objects.filter(pk=pk, courier_id=actor.user_id).first()
    if client_id and known and (told := handover.already(actor, client_id, known)):
        return told
    rows = SupplyDelivery.objects.visible_to(actor).select_related("choice__zone", "patient")
    if (parcel := rows.filter(pk=pk).first()) is not None:
        return parcel
    ended = SupplyDelivery.objects.filter(pk=pk, courier_id=actor.user_id, stage__in=ENDED)
    if (was := ended.first()) is not None:
        raise Refused(_("This is already: %(status)s.") % {"status": was.get_stage_display()})
    return None


def claim(actor: Actor, parcel: SupplyDelivery, report: Report) -> Answer:
    """It is theirs to collect."""
    row = parcel if _is_theirs(actor, parcel) else dispatch.claim(actor, parcel)
    return Answer(row, _("It is yours: collect it at the centre."))


@transaction.atomic
def start(actor: Actor, parcel: SupplyDelivery, report: Report) -> Answer:
    """Scanned and on the way; the thermometer of a cold one is read first."""
    if parcel.stage == Stage.OUT and parcel.courier_id == actor.user_id:
        return Answer(parcel, _("It is with you."))
    _read(actor, parcel, report)
    row = handover.start(actor, parcel, scanned=report.number)
    return Answer(row, _("It is with you. The receiver has the code."))


def hand_over(actor: Actor, parcel: SupplyDelivery, report: Report) -> Answer:
    """Into the right hands, or not: look at the answer."""
    if handover.already(actor, report.client_id, parcel) is None:
        _read(actor, parcel, report)
    row = handover.confirm(
        actor,
        parcel,
        seal_intact=report.is_whole,
        client_id=report.client_id,
        code=report.code,
        name=report.name,
        signature=report.signature,
        photo=report.photo,
        at=report.at,
    )
    if row.stage == Stage.DELIVERED:
        return Answer(row, _("Handed over."))
    return Answer(row, _why_back(row), is_taken=not report.is_whole)


def failed(actor: Actor, parcel: SupplyDelivery, report: Report) -> Answer:
    """Not handed over: a second time is set, or it goes back."""
    row = handover.failed(actor, parcel, report.reason, report.client_id, at=report.at)
    if row.stage == Stage.RESCHEDULED:
        return Answer(row, _("Noted. The resident is told; a second time is set."))
    return Answer(row, _why_back(row))


def temperature(actor: Actor, parcel: SupplyDelivery, report: Report) -> Answer:
    """What the logger shows on the way (R95)."""
    if not parcel.is_cold:
        raise Refused(_("This parcel needs no temperature."))
    _read(actor, parcel, report)
    if chilling.spoiled(parcel):
        return Answer(
            parcel, _("Too warm or too cold: it may not be handed over. Call the centre.")
        )
    return Answer(parcel, _("Noted."))


def lost(actor: Actor, parcel: SupplyDelivery, report: Report) -> Answer:
    """It is gone: the resident and the centre hear it now."""
    return Answer(returning.lose(actor, parcel), _("Noted. The centre looks after the resident."))


def _is_theirs(actor: Actor, parcel: SupplyDelivery) -> bool:
    return parcel.stage == Stage.ASSIGNED and parcel.courier_id == actor.user_id


def _read(actor: Actor, parcel: SupplyDelivery, report: Report) -> None:
    if parcel.is_cold and report.celsius is not None:
        chilling.record(actor, parcel, [chilling.Reading(report.at, report.celsius)])


def _why_back(row: SupplyDelivery) -> str:
    words = {
        "wrong-code": _(
            "The code was wrong three times. Do not hand it over: bring it back today."
        ),
        "seal-broken": _("The seal is broken. Do not hand it over: bring it back today."),
        "recalled": _("The centre calls it back. Do not hand it over: bring it back today."),
        "called-back": _("The centre calls it back. Do not hand it over: bring it back today."),
        "too-warm": _("It was not kept cool enough. Do not hand it over: bring it back today."),
    }
    return words.get(row.stage_reason, _("Noted. The resident is told; bring it back today."))
