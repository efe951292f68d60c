"""A parcel that came back is collected at the counter, by its resident's code (R96)."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from delivery import coding, contents, handover, holding, rules, telling
from delivery.models import SupplyDelivery
from delivery.models.code import new_code
from delivery.models.parcel import Stage
from delivery.proving import Said
from delivery.workflow import not_the_counter
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.workflow import Refused


def collect(
    actor: Actor, parcel: SupplyDelivery, *, code: str, client_id: uuid.UUID
) -> SupplyDelivery:
    """Into the resident's hands. Raises Refused (WrongCode while tries are left).

    The third wrong code is the end of the code: the resident hears of it and has a new one.
    """
    answer = _decide(actor, parcel, Said(client_id, code=code.strip()))
    if isinstance(answer, Refused):  # a wrong code counts: only now is it written
        raise answer
    return answer


@transaction.atomic
def _decide(actor: Actor, parcel: SupplyDelivery, said: Said) -> SupplyDelivery | Refused:
    held = holding.whole(parcel)
    row = held.parcel
    if earlier := handover.already(actor, said.client_id, row):
        return earlier
    if refusal := not_the_counter(actor, row):
        raise Refused(refusal)
    if row.stage != Stage.RETURNED:
        raise Refused(_("This is already: %(status)s.") % {"status": row.get_stage_display()})
    if contents.recalled(row) or contents.withdrawn(row):
        raise Refused(_("A medicine in it was called back. Put the parcel aside."))
    if coding.was_wrong(row, said.client_id) or not coding.is_code(row, said.code):
        return _wrong(actor, row, said.client_id)
    return handover.hand_over(actor, held, said, "collect")


def _wrong(actor: Actor, row: SupplyDelivery, client_id: uuid.UUID) -> Refused:
    most = rules.limit("code_tries")
    is_new = coding.count(actor, row, client_id)
    used = row.wrong_codes % most
    if used:
        return coding.WrongCode(most - used)
    if is_new:
        row.code = new_code()
        row.save(update_fields=["code"])
        journal.write(actor, "renew-code", row)
        telling.new_code(row)
    return Refused(_("Three wrong codes. The resident has a new code on their page: ask for it."))
