"""Pick-up at the counter: a one-time code on the resident's page, three wrong tries and no more.

What a courier carries is not picked up: whoever carries says so through `carrier`.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.workflow import Refused
from refill import telling
from refill.models import MedicationDispense, PickUp
from refill.workflow import PICK_UP

DIGITS = 6
WRONG_TRIES = 3

#: Of these fills, which does somebody carry to the resident?
Carrier = Callable[[Collection[uuid.UUID]], Collection[uuid.UUID]]
_carriers: list[Carrier] = []


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody at the counter shows: the code, or the resident's name and year of birth."""

    code: str = ""
    name: str = ""
    birth_year: int | None = None


def carrier(answer: Carrier) -> Carrier:
    """Register who carries fills to the door; what nobody carries is picked up."""
    if answer not in _carriers:
        _carriers.append(answer)
    return answer


def open_for(dispense: MedicationDispense) -> PickUp | None:
    """A packed fill waits at the counter, unless somebody carries it. Inside the packing."""
    if carried([dispense.pk]):
        return None
    pick_up, is_new = PickUp.objects.get_or_create(
        patient_id=dispense.patient_id,
        organization_id=dispense.organization_id,
        closed_at=None,
        defaults={"code": _new_code()},
    )
    if is_new:
        telling.ready(pick_up)
    return pick_up


def waiting(pick_up: PickUp) -> list[MedicationDispense]:
    """The packed fills that lie at the counter for this resident."""
    rows = MedicationDispense.objects.filter(
        patient_id=pick_up.patient_id,
        organization_id=pick_up.organization_id,
        status=MedicationDispense.Status.IN_PROGRESS,
    )
    packed = list(rows.select_related("line__medication", "substitute").order_by("packed_at", "pk"))
    brought = carried([row.pk for row in packed])
    return [row for row in packed if row.pk not in brought]


def prove(actor: Actor, pick_up: PickUp, proof: Proof) -> None:
    """Raises Refused for a wrong code or name; a wrong try counts, whatever happens afterwards."""
    if refusal := _tried(actor, pick_up, proof):
        raise Refused(refusal)


@transaction.atomic
def renew(actor: Actor, pick_up: PickUp) -> PickUp:
    """The resident asks for a new code; the old one opens nothing any more."""
    row = for_update(PickUp.objects).get(pk=pick_up.pk)
    if row.closed_at is not None:
        raise Refused(_ended(row))
    facts = {"code": _new_code(), "wrong_tries": 0}
    if row.status == PickUp.Status.STOPPED:
        renewed: PickUp = PICK_UP.apply("renew", row, actor=actor, **facts)
        return renewed
    PickUp.objects.filter(pk=row.pk).update(code=facts["code"], wrong_tries=0)
    journal.write(actor, "renew-code", row)
    row.refresh_from_db()
    return row


def close_when_empty(actor: Actor, pick_up: PickUp) -> None:
    """Everything is handed over: the code is used up."""
    if not waiting(pick_up):
        PICK_UP.apply("collect", pick_up, actor=actor, closed_at=timezone.now())


@transaction.atomic
def _tried(actor: Actor, pick_up: PickUp, proof: Proof) -> str:
    rows = for_update(PickUp.objects).select_related("patient")
    row = rows.get(pk=pick_up.pk)
    if row.status != PickUp.Status.OPEN:
        return _stopped() if row.status == PickUp.Status.STOPPED else _ended(row)
    if how := _fits(row, proof):
        journal.write(actor, "prove", row, how=how)
        return ""
    row.wrong_tries += 1
    row.save(update_fields=["wrong_tries"])
    if row.wrong_tries < WRONG_TRIES:
        journal.write(actor, "wrong-proof", row, tries=row.wrong_tries)
        return _("This does not fit. Tries left: %(left)s.") % {
            "left": WRONG_TRIES - row.wrong_tries
        }
    PICK_UP.apply("stop", row, actor=actor)
    telling.stopped(row)
    return _stopped()


def _ended(row: PickUp) -> str:
    return _("This is already: %(status)s.") % {"status": row.get_status_display()}


def _stopped() -> str:
    return _("Three wrong tries: nothing is handed over. The resident asks for a new code on their page.")  # fmt: skip  # noqa: E501


def _fits(row: PickUp, proof: Proof) -> str:
    """How it was proven: "code", "name", or not at all."""
    code = "".join(sign for sign in unicodedata.normalize("NFKC", proof.code) if sign.isdigit())
    if code and hmac.compare_digest(code.encode(), row.code.encode()):
        return "code"
    same_name = _plain(proof.name) != "" and _plain(proof.name) in _names(row.patient.name)
    same_year = proof.birth_year == row.patient.birth_date.year
    return "name" if same_name and same_year else ""


def _names(name: str) -> set[str]:
    """The whole name, and the part in characters or letters alone: "Chen Guilan 陈桂兰"."""
    latin = " ".join(word for word in name.split() if word.isascii())
    written = " ".join(word for word in name.split() if not word.isascii())
    return {_plain(part) for part in (name, latin, written)} - {""}


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def carried(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these fills somebody brings to the door."""
    return {one for answer in _carriers for one in answer(ids)} if ids else set()


def _new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
