"""What a person decides about a message that was not delivered: once more, or never."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.audit import journal
from portal.locking import for_update
from portal.outbox.models import OutboxMessage
from portal.outbox.settling import stranded
from portal.outbox.tasks import wake
from portal.workflow import Refused

State = OutboxMessage.State
STUCK = (State.CONFLICT, State.REJECTED, State.DEAD)


@transaction.atomic
def retry(actor: Actor, message: OutboxMessage) -> OutboxMessage:
    """Send it again, and with it what only waited for it. Raises Refused with a sentence."""
    row = _stuck(message)
    first = row.depends_on
    if first is not None and first.state != State.DONE:
        raise Refused(_("Decide first about message %(number)s.") % {"number": first.pk})
    before, row.state = row.state, State.UNKNOWN if row.may_have_arrived else State.PENDING
    row.faults, row.failing_since = 0, None
    row.next_at = Now()
    row.save(update_fields=["state", "faults", "failing_since", "next_at"])
    _revive(row.pk)
    journal.write(actor, "retry", row, before=before, after=row.state)
    transaction.on_commit(wake, robust=True)
    return row


def _revive(forerunner: int) -> None:
    followers = OutboxMessage.objects.filter(
        depends_on_id=forerunner, state=State.DEAD, last_error=stranded(forerunner)
    )
    for follower in list(followers.values_list("pk", flat=True)):
        OutboxMessage.objects.filter(pk=follower).update(state=State.PENDING, next_at=Now())
        _revive(follower)


@transaction.atomic
def discard(actor: Actor, message: OutboxMessage, reason: str) -> OutboxMessage:
    """Never send it; the reason stays beside it. Raises Refused with a sentence."""
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Say why this message is not sent."))
    row = _stuck(message)
    before, row.state, row.last_error = row.state, State.DISCARDED, reason[:300]
    row.save(update_fields=["state", "last_error"])
    journal.write(actor, "discard", row, before=before, after=row.state)
    return row


def _stuck(message: OutboxMessage) -> OutboxMessage:
    row = for_update(OutboxMessage.objects).get(pk=message.pk)
    if row.state not in STUCK:
        raise Refused(_("This is already: %(status)s.") % {"status": row.get_state_display()})
    return row
