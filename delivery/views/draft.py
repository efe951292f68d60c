"""What a resident has answered so far about one bill: sealed, in their session."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from delivery import choosing
from delivery.models import DeliveryChoice
from portal.accounts.actor import ActorRequest
from portal.payment.models import Invoice
from portal.secrecy import KeyMissing, seal, unseal

KEY = "delivery"
Mode = DeliveryChoice.Mode
STEPS = {Mode.PICK_UP: 2, Mode.COURIER: 4, Mode.RECEIVER: 5}


@dataclass
class Draft:
    """The answers, in the order of the questions."""

    invoice: str
    mode: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    window: str = ""

    def receiver(self) -> choosing.Receiver | None:
        return choosing.Receiver(self.name, self.phone) if self.mode == Mode.RECEIVER else None

    def missing(self) -> str:
        """The URL name of the first question without an answer; empty when all are answered."""
        if not self.mode:
            return "delivery:choose"
        if self.mode == Mode.PICK_UP:
            return ""
        if self.mode == Mode.RECEIVER and not self.name:
            return "delivery:receiver"
        if not self.address:
            return "delivery:place"
        return "" if self.window else "delivery:window"


def of(request: ActorRequest, invoice: Invoice) -> Draft:
    """The answers given for this bill; another bill begins anew."""
    try:
        kept: dict[str, Any] = json.loads(unseal(request.session[KEY]))
    except (KeyError, KeyMissing):
        kept = {}
    return Draft(**kept) if kept.get("invoice") == str(invoice.pk) else Draft(str(invoice.pk))


def keep(request: ActorRequest, draft: Draft) -> None:
    request.session[KEY] = seal(json.dumps(asdict(draft)))


def forget(request: ActorRequest) -> None:
    request.session.pop(KEY, None)


def steps(draft: Draft) -> range:
    """As many as this way has questions."""
    return range(STEPS.get(Mode(draft.mode), 2) if draft.mode else 2)
