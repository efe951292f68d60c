"""The doctor proves who they are before the first resident of a sitting (R7)."""

from __future__ import annotations

import time

from consult.rules import minutes
from portal.accounts import second_factor
from portal.accounts.actor import ActorRequest

SITTING = "consult_sitting_at"


def proof_of(request: ActorRequest) -> str:
    """How this doctor is known now: by a fresh second factor, by the running sitting, or not."""
    if second_factor.fresh(request):
        return "second-factor"
    began = request.session.get(SITTING)
    gap = minutes("consult.sitting_gap_minutes").total_seconds()
    running = isinstance(began, int | float) and 0 <= time.time() - began <= gap
    return "sitting" if running else ""


def remember_sitting(request: ActorRequest) -> None:
    """A sitting goes on from one received resident to the next, with no long gap between."""
    request.session[SITTING] = time.time()
