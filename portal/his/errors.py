"""Everything that can go wrong with the HIS; nothing else leaves the port.

Each error also is an outcome of the outbox, so a handler calls the port and lets them pass.
No message carries a name or a payload: they are stored and shown.
"""

from __future__ import annotations

import uuid
from typing import Any

from portal.outbox import outcomes


class HisError(outcomes.Outcome):
    """The HIS did not do what was asked."""


class Unavailable(HisError, outcomes.Postponed):
    """The HIS cannot be reached or says it is busy; nothing was done. Seconds to wait, if known."""


class OutcomeUnknown(HisError, outcomes.Unknown):
    """The request was sent, the answer was lost: search by `key` before sending again."""

    def __init__(self, key: uuid.UUID | str = "", reason: str = "") -> None:
        super().__init__(reason or "the answer was lost")
        self.key = key


class Conflict(HisError, outcomes.Conflicted):
    """The HIS holds a newer version than the one we changed."""

    def __init__(self, reason: str = "", current: Any = None) -> None:
        super().__init__(reason or "changed in the HIS meanwhile")
        self.current = current


class SlotTaken(HisError, outcomes.Conflicted):
    """Somebody else has this time; `alternatives` are free times of the same doctor."""

    def __init__(self, alternatives: tuple[Any, ...] = ()) -> None:
        super().__init__("the time is taken")
        self.alternatives = alternatives


class Rejected(HisError, outcomes.Refused):
    """The HIS refuses the content; `issues` name codes and places, never values."""

    def __init__(self, issues: tuple[str, ...] = ()) -> None:
        super().__init__("; ".join(issues) or "refused")
        self.issues = issues


class NotFound(HisError, outcomes.Refused):
    """The HIS does not know this reference."""


class Ambiguous(HisError, outcomes.GivenUp):
    """Several people match; a registrar decides, never the portal."""

    def __init__(self, n: int) -> None:
        super().__init__(f"{n} records match")
        self.n = n


class AuthFailed(HisError, outcomes.GivenUp):
    """The HIS refuses the portal itself: for the administrator, not tried again."""


class LockedOut(AuthFailed, outcomes.Postponed):
    """Our key is not accepted at all: no message is at fault, and all wait for a new key.

    The administrator reads it in /readyz; one who is let in but may not write is refused for good.
    """


class BadPayload(HisError):
    """The HIS answered something that is not what was asked for."""
