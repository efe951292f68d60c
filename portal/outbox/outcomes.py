"""How sending can end other than well; a handler raises one of these, or any error of its own."""

from __future__ import annotations


class Outcome(Exception):
    """Why a message was not delivered, in words without payload."""


class Postponed(Outcome):
    """The other side cannot be reached now: nothing is wrong with the message itself."""

    def __init__(self, reason: str = "", retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unknown(Outcome):
    """It was sent and the answer is not known: ask before sending again (HIS law 2)."""


class Conflicted(Outcome):
    """The other side has changed meanwhile; a person decides."""


class Refused(Outcome):
    """The other side says no, and would say no again."""


class GivenUp(Outcome):
    """Only a person can help; not tried again by itself."""
