"""How a person's word about themselves becomes a confirmed identity."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.registration.models import Registration
from portal.workflow import Transition, Workflow

Status = Registration.Status
REQUESTED, ON_HOLD = Status.REQUESTED.value, Status.ON_HOLD.value


def not_the_registrar(actor: Actor, row: Registration) -> str | None:
    """A registrar of the same centre decides what the hospital system could not."""
    if actor.role == User.Role.REGISTRAR and actor.organization_id == row.organization_id:
        return None
    return _("Only a registrar of %(centre)s decides this.") % {"centre": row.organization}


def not_the_portal(actor: Actor, row: Registration) -> str | None:
    """Only the automatic check puts a question before the registrar."""
    return None if actor.user is None else _("The portal does this by itself.")


def neither_portal_nor_registrar(actor: Actor, row: Registration) -> str | None:
    """A sure match links by itself; everything else is a registrar's act."""
    if actor.user is None and row.status == REQUESTED:
        return None
    return not_the_registrar(actor, row)


def not_the_person(actor: Actor, row: Registration) -> str | None:
    """Only the person takes back what they typed."""
    return None if actor.user_id == row.user_id else _("Only the resident can take this back.")


IDENTITY = Workflow(
    "identity",
    Transition(
        "confirm", (REQUESTED, ON_HOLD), Status.COMPLETED.value, neither_portal_nor_registrar
    ),
    Transition("refer", (REQUESTED,), ON_HOLD, not_the_portal),
    Transition("reject", (ON_HOLD,), Status.REJECTED.value, not_the_registrar),
    Transition("take-back", (REQUESTED, ON_HOLD), Status.CANCELLED.value, not_the_person),
)
