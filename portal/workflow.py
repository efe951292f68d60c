"""The one door through which a status changes.

A service writes its states as a table of transitions; this module walks them.
`apply` locks the row, asks the guard, saves the status and writes one journal line,
all in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update

Guard = Callable[[Actor, Any], str | None]  # the reason to refuse, or None


class Refused(Exception):
    """The actor may not do this now. The message is written for that person."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of a state diagram."""

    name: str
    sources: tuple[str, ...]
    target: str
    guard: Guard


class Workflow:
    """A table of transitions over the `status` (or another field) of one model."""

    def __init__(self, name: str, *transitions: Transition, field: str = "status") -> None:
        self.name = name
        self.field = field
        self.transitions = {step.name: step for step in transitions}

    def refusal(self, name: str, row: Any, actor: Actor) -> str | None:
        """Why this step is closed to the actor now; None when it is open."""
        step = self.transitions[name]
        if getattr(row, self.field) not in step.sources:
            shown = getattr(row, f"get_{self.field}_display")()
            return _("This is already: %(status)s.") % {"status": shown}
        return step.guard(actor, row)

    @transaction.atomic
    def apply(self, name: str, row: Any, *, actor: Actor, **facts: Any) -> Any:
        """Take the step, or raise Refused with the sentence. `facts` are saved with the status."""
        step = self.transitions[name]
        # Rows that point here may still be written: only the row itself is kept still.
        row = for_update(type(row).objects).get(pk=row.pk)
        before = getattr(row, self.field)
        if before == step.target and journal.last_agent_id(row) == actor.user_id:
            return row  # the second tap of a double tap
        if reason := self.refusal(name, row, actor):
            raise Refused(reason)
        for field, value in {self.field: step.target, **facts}.items():
            setattr(row, field, value)
        row.save(update_fields=[self.field, *facts])
        journal.write(actor, name, row, before=before, after=step.target)
        return row


def anyone(actor: Actor, row: Any) -> str | None:
    """A guard for a step that the door's own checks already keep."""
    return None
