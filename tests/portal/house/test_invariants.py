from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from consult.models import Appointment, Attachment, Communication, Encounter, Slot
from portal import invariants
from portal.audit import journal
from portal.audit.models import AuditEvent
from portal.outbox import putting
from portal.outbox.models import OutboxMessage
from tests.emptying import unlocked
from tests.factories.visits import AppointmentFactory


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def breaches():
    return {answer.id: answer.breaches for answer in invariants.check() if answer.breaches}


def say(encounter, seq, **fields):
    return Communication.objects.create(
        encounter=encounter,
        seq=seq,
        client_id=uuid.uuid4(),
        author_kind="resident",
        sent=timezone.now(),
        fingerprint="x",
        **fields,
    )


def test_a_whole_database_breaks_nothing(encounter, capsys):
    call_command("check_invariants", "--json")
    told = json.loads(capsys.readouterr().out)
    assert {row["id"] for row in told} >= {"I1", "I4", "I8", "I10", "I11", "I12", "I13", "I14"}
    assert [row for row in told if row["breaches"]] == []
    assert all(row["text"] for row in told)


def test_a_gap_in_a_conversation_is_counted(encounter):
    say(encounter, 1)
    say(encounter, 3)
    Encounter.objects.update(last_seq=3)
    assert breaches() == {"I4": 1}


def test_a_conversation_that_knows_more_than_it_holds_is_counted(encounter):
    Encounter.objects.update(last_seq=1)
    assert breaches() == {"I4": 1}


def test_a_message_numbered_out_of_order_is_counted(encounter):
    say(encounter, 2)
    say(encounter, 1)
    Encounter.objects.update(last_seq=2)
    assert breaches() == {"I3": 1}


def test_a_live_appointment_on_a_free_time_is_counted(encounter):
    Slot.objects.update(status=Slot.Status.FREE)
    assert breaches() == {"I8": 1}


def test_a_cancelled_appointment_that_keeps_its_time_is_counted(chen):
    AppointmentFactory(
        patient=chen,
        status=Appointment.Status.CANCELLED,
        cancelled_by="resident",
        status_reason="well again",
    )
    assert breaches() == {"I8": 1}


def test_a_step_that_no_table_draws_is_counted(actor, encounter, dr_li):
    journal.write(actor(dr_li), "finish", encounter, before="planned", after="finished")
    assert breaches() == {"I11": 1}


def test_a_rewritten_journal_is_counted(actor, chen, dr_li):
    journal.write(actor(dr_li), "read", chen)
    with unlocked(AuditEvent._meta.db_table):
        AuditEvent.objects.update(action="nothing")
    assert breaches() == {"I12": 1}


def test_a_message_left_unsent_is_counted_and_one_that_waits_for_its_peer_is_not(centre):
    message = putting.put("sms.send", centre, lane="x", payload={})
    OutboxMessage.objects.update(next_at=timezone.now() - timedelta(minutes=16))
    assert breaches() == {"I13": 1}
    message.next_at = timezone.now() + timedelta(minutes=1)
    message.save()
    assert breaches() == {}


def test_a_row_without_its_file_is_counted(encounter, chen):
    Attachment.objects.create(
        organization=encounter.organization,
        encounter=encounter,
        owner=chen.user,
        file="conversation/2026/01/gone.webp",
        content_type="image/webp",
        size=3,
        digest="x",
    )
    assert breaches() == {"I14": 1}


def test_a_file_without_its_row_is_counted_once_its_upload_must_be_over(encounter, time_machine):
    default_storage.save("conversation/2026/01/left.webp", ContentFile(b"abc"))
    assert breaches() == {}
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert breaches() == {"I14": 1}


def test_a_breach_makes_the_command_fail_after_it_has_told_all(encounter, capsys):
    Encounter.objects.update(last_seq=1)
    with pytest.raises(CommandError, match="broken"):
        call_command("check_invariants", "--json")
    assert {"I4": 1}.items() <= {
        row["id"]: row["breaches"] for row in json.loads(capsys.readouterr().out)
    }.items()
