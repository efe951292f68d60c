"""Where the hospital's calendar and ours disagree: said once, closed by a person or by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consult.models import Appointment, HospitalDifference
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.locking import for_update
from portal.notification.notifying import notify
from portal.record.models import Practitioner
from portal.workflow import Refused

Kind = HospitalDifference.Kind
BY_ITSELF = "gone by itself"


def note(
    doctor: Practitioner,
    kind: str,
    *,
    his_ref: str = "",
    appointment: Appointment | None = None,
    there: datetime | None = None,
) -> HospitalDifference:
    """Put it on the manager's list, once while it is open; a new one is told."""
    row, is_new = HospitalDifference.objects.get_or_create(
        organization_id=doctor.organization_id,
        kind=kind,
        his_ref=his_ref,
        appointment=appointment,
        closed_at=None,
        defaults={"practitioner": doctor, "there": there},
    )
    if is_new:
        _tell(row)
    return row


@transaction.atomic
def settle(actor: Actor, difference: HospitalDifference, words: str) -> HospitalDifference:
    """A person has seen to it, and says how. Raises Refused."""
    said = " ".join(words.replace("\0", "").split())
    if not said:
        raise Refused(_("Say in a few words what you did."))
    row = for_update(HospitalDifference.objects).get(pk=difference.pk)
    if row.closed_at is not None:
        raise Refused(_("Somebody has answered this already."))
    row.note, row.closed_at, row.closed_by = said[:300], timezone.now(), actor.user
    row.save(update_fields=["note", "closed_at", "closed_by"])
    journal.write(actor, "settle", row)
    return row


def close_others(doctor: Practitioner, still: Collection[UUID]) -> None:
    """What the last comparison did not find again is over."""
    open_ones = HospitalDifference.objects.filter(practitioner=doctor, closed_at=None)
    open_ones.exclude(pk__in=still).update(closed_at=timezone.now(), note=BY_ITSELF)


def _tell(row: HospitalDifference) -> None:
    managers = User.objects.filter(
        organization_id=row.organization_id, role=User.Role.MANAGER, is_active=True
    )
    for manager in managers:
        notify(manager, "calendar-differs", event=f"{row.pk}", doctor=row.practitioner.name)
