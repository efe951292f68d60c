"""What only a registrar can answer about a HIS record."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.his.models import RegistrarTask
from portal.locking import for_update
from portal.organization.models import Organization
from portal.record.models import Patient
from portal.workflow import Refused


def ask(
    organization: Organization,
    kind: str,
    *,
    user: User | None = None,
    patient: Patient | None = None,
) -> RegistrarTask:
    """Put the question on the registrar's list, once while it is open."""
    task, _created = RegistrarTask.objects.get_or_create(
        organization=organization,
        kind=kind,
        user=user,
        patient=patient,
        done_at=None,
    )
    return task


@transaction.atomic
def answer(actor: Actor, task: RegistrarTask, note: str) -> RegistrarTask:
    """Close the question with what was done. Raises Refused with a sentence."""
    note = " ".join(note.split())
    if not note:
        raise Refused(_("Say in a few words what you did."))
    row = for_update(RegistrarTask.objects).get(pk=task.pk)
    if row.done_at is not None:
        raise Refused(_("Somebody has answered this already."))
    row.note, row.done_at = note[:200], timezone.now()
    row.save(update_fields=["note", "done_at"])
    journal.write(actor, "answer", row)
    return row
