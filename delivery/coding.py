"""The code that the receiver says: compared, and every wrong one counted once (R96)."""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delivery.models import CodeTry, SupplyDelivery
from portal.accounts.actor import Actor
from portal.audit import journal
from portal.workflow import Refused


class WrongCode(Refused):
    """Not the code; how many tries are left."""

    def __init__(self, tries_left: int) -> None:
        sentence = ngettext(
            "This code is not right. %(count)d try is left.",
            "This code is not right. %(count)d tries are left.",
            tries_left,
        )
        super().__init__(sentence % {"count": tries_left})
        self.tries_left = tries_left


def is_code(row: SupplyDelivery, code: str) -> bool:
    return hmac.compare_digest(code.encode(), row.code.encode())


def was_wrong(row: SupplyDelivery, client_id: uuid.UUID) -> bool:
    """This report was a wrong code before: it is none other now, or codes could be tried freely.

    Raises Refused for a report that belongs to another parcel.
    """
    found = CodeTry.objects.filter(client_id=client_id).first()
    if found is not None and found.parcel_id != row.pk:
        raise Refused(_("This report belongs to another parcel. Open this one again."))
    return found is not None


def count(
    actor: Actor, row: SupplyDelivery, client_id: uuid.UUID, at: datetime | None = None
) -> bool:
    """One more wrong code of this parcel; False when this report was counted already."""
    if actor.user is None:
        raise Refused(_("Only a person hands a parcel over."))
    _row, is_new = CodeTry.objects.get_or_create(
        client_id=client_id,
        defaults={"parcel": row, "by": actor.user, "at": at or timezone.now()},
    )
    if is_new:
        row.wrong_codes += 1
        row.save(update_fields=["wrong_codes"])
        journal.write(actor, "wrong-code", row, count=row.wrong_codes)
    return is_new
