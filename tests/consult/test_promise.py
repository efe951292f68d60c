"""The promise clock: both sides are told, then the manager; nobody waits in silence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from consult import conversation, promising, tasks
from consult.models import Communication, Encounter
from portal.notification.models import Notification
from tests.consult.test_queue import here

Status = Encounter.Status


def test_at_the_promised_time_both_are_told_once(dr_li):
    visit = here(dr_li, promised_in=0)
    now = timezone.now()
    assert promising.tell_late(now) == 1
    assert promising.tell_late(now) == 0
    kinds = set(Notification.objects.values_list("user", "kind"))
    assert (visit.patient.user_id, "visit-late") in kinds
    assert (dr_li.user_id, "visit-late-doctor") in kinds
    assert Communication.objects.get(encounter=visit).body["code"] == "late"


def test_one_visit_that_fails_does_not_silence_the_clock_for_the_others(dr_li, gao, monkeypatch):
    """Not for those behind it, and not for what the same round does next."""
    broken, well = here(dr_li, promised_in=-17), here(dr_li, promised_in=-16)
    note = conversation.system_note

    def fails_once(row, *args, **more):
        if row.pk == broken.pk:
            raise ZeroDivisionError
        return note(row, *args, **more)

    monkeypatch.setattr(conversation, "system_note", fails_once)
    with pytest.raises(ExceptionGroup):
        tasks.keep_promises()
    assert Communication.objects.get(encounter=well).body["code"] == "late"
    assert Notification.objects.filter(user=gao, kind="visit-escalated").count() == 2
    broken.refresh_from_db()
    assert broken.promise_told_at is None  # said to nobody, so it is tried again


def test_a_quarter_of_an_hour_later_the_manager_knows_once(dr_li, gao):
    here(dr_li, promised_in=-15)
    now = timezone.now()
    assert promising.escalate(now - timedelta(minutes=1)) == 0
    assert promising.escalate(now) == 1
    assert promising.escalate(now) == 0
    assert Notification.objects.get(user=gao).kind == "visit-escalated"


def test_a_doctor_who_received_but_never_wrote_is_late_too(dr_li, gao):
    visit = here(dr_li, promised_in=-20, status=Status.IN_PROGRESS, started_at=timezone.now())
    assert promising.escalate() == 1
    Encounter.objects.filter(pk=visit.pk).update(first_reply_at=timezone.now(), escalated_at=None)
    assert promising.escalate() == 0
