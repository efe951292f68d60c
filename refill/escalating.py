"""The one-working-day clock: who waits too long is told, and so is the centre's manager."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import User
from portal.audit import journal
from portal.locking import for_update
from portal.notification.notifying import notify
from portal.record.models import Practitioner
from portal.rounds import each
from portal.workflow import Refused
from refill import telling
from refill.models import RefillRequest


def escalate(now: datetime | None = None) -> int:
    """Tell resident, doctor and manager of each request whose day is over; how many there were."""
    moment = now or timezone.now()
    late = RefillRequest.objects.filter(
        status=RefillRequest.Status.REQUESTED, due_at__lte=moment, escalated_at=None
    )
    return each(late.order_by("due_at", "pk"), _escalate, moment)


def doctors_of(actor: Actor) -> list[Practitioner]:
    """The doctors of the manager's centre."""
    rows = Practitioner.objects.filter(organization=actor.organization_id)
    return list(rows.filter(user__role=User.Role.DOCTOR, user__is_active=True))


def doctor_named(actor: Actor, pk: str) -> Practitioner:
    """The chosen one of them. Raises Refused."""
    found = next((row for row in doctors_of(actor) if str(row.pk) == pk), None)
    if found is None:
        raise Refused(_("Choose a doctor of this centre."))
    return found


@transaction.atomic
def hand_to(actor: Actor, request: RefillRequest, doctor: Practitioner) -> RefillRequest:
    """A colleague of the centre stands in for the family doctor. Raises Refused."""
    rows = for_update(RefillRequest.objects)
    row = rows.select_related("patient__general_practitioner").get(pk=request.pk)
    if actor.role != User.Role.MANAGER or actor.organization_id != row.organization_id:
        raise Refused(_("Only the manager of this centre can do this."))
    if doctor.organization_id != row.organization_id or doctor.user.role != User.Role.DOCTOR:
        raise Refused(_("Choose a doctor of this centre."))
    if not row.is_undecided:
        raise Refused(_("It has been decided meanwhile."))
    if row.performer_id != doctor.pk:
        row.performer = doctor
        row.save(update_fields=["performer"])
        journal.write(actor, "hand-to", row, doctor=str(doctor.pk))
        notify(doctor.user, "refill-handed", event=f"{row.pk}:{doctor.pk}", person=row.patient.name)
    return row


@transaction.atomic
def _escalate(request: RefillRequest, now: datetime) -> bool:
    rows = for_update(RefillRequest.objects)
    row = rows.select_related("organization", "patient__general_practitioner__user").get(
        pk=request.pk
    )
    if row.escalated_at is not None or row.status != RefillRequest.Status.REQUESTED:
        return False  # somebody was quicker
    row.escalated_at = now
    row.save(update_fields=["escalated_at"])
    event = f"{row.pk}:{row.due_at.isoformat()}"
    telling.refill(row, "refill-late", event=event)
    person = row.patient.name
    doctors = [row.patient.general_practitioner, row.performer]
    for doctor in filter(None, doctors):
        notify(doctor.user, "refill-late-doctor", event=event, person=person)
    for manager in _managers(row):
        notify(manager, "refill-late-manager", event=event, person=person)
    journal.write(SYSTEM, "escalate", row)
    return True


def _managers(row: RefillRequest) -> list[User]:
    people = User.objects.filter(role=User.Role.MANAGER, organization_id=row.organization_id)
    return list(people.filter(is_active=True))
