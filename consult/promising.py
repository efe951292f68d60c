"""The promise clock: nobody waits in silence (both sides told), and the centre's manager knows."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consult import charging, conversation
from consult.models import Appointment, EmergencyDuty, Encounter
from consult.rules import minutes
from consult.telling import tell_visit
from portal.accounts.actor import SYSTEM
from portal.accounts.models import User
from portal.audit import journal
from portal.locking import for_update
from portal.rounds import each

Status = Encounter.Status


def tell_late(now: datetime | None = None) -> int:
    """At the promised time both are told: the doctor is late, the resident waits."""
    moment = now or timezone.now()
    late = _unbegun().filter(promised_at__lte=moment, promise_told_at=None)
    return each(late.order_by("promised_at"), _tell_late, moment)


def escalate(now: datetime | None = None) -> int:
    """Some minutes later the centre's managers are told, once a case."""
    moment = now or timezone.now()
    limit = moment - minutes("consult.escalate_after_minutes")
    late = _unbegun().filter(promised_at__lte=limit, escalated_at=None)
    return each(late.order_by("promised_at"), _escalate, moment)


def give_up(now: datetime | None = None) -> int:
    """Nobody wrote long after the promise: nothing is owed, the place is kept (R107)."""
    moment = now or timezone.now()
    limit = moment - minutes("consult.free_after_minutes")
    late = _unbegun().filter(promised_at__lte=limit, given_up_at=None)
    return each(late.order_by("promised_at"), _give_up, moment)


def alert_duties(now: datetime | None = None) -> int:
    """An urgent resident whom nobody reached: again every few minutes (R37)."""
    moment = now or timezone.now()
    due = EmergencyDuty.objects.filter(
        contacted_at=None, alerted_at__lte=moment - minutes("consult.duty_realert_minutes")
    )
    return each(due, _alert, moment)


def _unbegun() -> QuerySet[Encounter]:
    """Residents who are there, and doctors who have neither begun nor written."""
    talked = Q(status=Status.IN_PROGRESS, first_reply_at=None)
    return Encounter.objects.filter(Q(status=Status.ARRIVED) | talked)


@transaction.atomic
def _tell_late(encounter: Encounter, now: datetime) -> bool:
    row = _locked(encounter)
    if row.promise_told_at is not None or row.status not in (Status.ARRIVED, Status.IN_PROGRESS):
        return False
    row.promise_told_at = now
    row.save(update_fields=["promise_told_at"])
    conversation.system_note(
        row,
        _("The promised time has come and your doctor has not begun. You keep your place; if it"
          " takes longer, the centre is told. If your doctor does not write, you pay nothing."),
        code="late",
    )  # fmt: skip
    event = f"{row.pk}:{row.promised_at.isoformat()}"
    tell_visit("visit-late", row, row.patient.user, event=event)
    tell_visit("visit-late-doctor", row, row.practitioner.user, event=event)
    return True


@transaction.atomic
def _escalate(encounter: Encounter, now: datetime) -> bool:
    row = _locked(encounter)
    if row.escalated_at is not None or row.status not in (Status.ARRIVED, Status.IN_PROGRESS):
        return False
    row.escalated_at = now
    row.save(update_fields=["escalated_at"])
    late = int((now - row.promised_at).total_seconds() // 60)
    for manager in _managers(row.organization_id):
        tell_visit("visit-escalated", row, manager, minutes=late)
    journal.write(SYSTEM, "escalate", row, minutes=late)
    return True


@transaction.atomic
def _give_up(encounter: Encounter, now: datetime) -> bool:
    appointment = for_update(Appointment.objects).get(pk=encounter.appointment_id)
    row = _locked(encounter)
    has_ended = row.status not in (Status.ARRIVED, Status.IN_PROGRESS)
    if row.given_up_at is not None or has_ended or row.first_reply_at is not None:
        return False
    charging.hold(appointment)
    row.given_up_at = now
    row.save(update_fields=["given_up_at"])
    journal.write(SYSTEM, "give-up", row)
    charging.give_back(SYSTEM, appointment, "no-answer")
    conversation.system_note(
        row,
        _("Your doctor has not written. You pay nothing for this visit: anything you have paid goes"
          " back to you in full, by itself. You keep your place."),
        code="free",
    )  # fmt: skip
    tell_visit("visit-free", row, row.patient.user)
    return True


@transaction.atomic
def _alert(duty: EmergencyDuty, now: datetime) -> bool:
    row = for_update(EmergencyDuty.objects).get(pk=duty.pk)
    if row.contacted_at is not None or row.alerted_at != duty.alerted_at:
        return False
    row.alerted_at = now
    row.save(update_fields=["alerted_at"])
    event = f"{row.pk}:{now.isoformat()}"
    tell_visit("duty-open-doctor", row.encounter, row.encounter.practitioner.user, event=event)
    for manager in _managers(row.organization_id):
        tell_visit("duty-open", row.encounter, manager, event=event)
    return True


def _managers(organization_id: uuid.UUID) -> list[User]:
    return list(
        User.objects.filter(role=User.Role.MANAGER, organization_id=organization_id, is_active=True)
    )


def _locked(encounter: Encounter) -> Encounter:
    return for_update(Encounter.objects).get(pk=encounter.pk)
