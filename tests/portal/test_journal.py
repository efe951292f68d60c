from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from portal.accounts.actor import Actor
from portal.audit import journal, verifying
from portal.audit.models import AuditEvent, JournalHead
from tests.emptying import unlocked
from tests.racing import at_once


@pytest.fixture
def lines(actor, chen, dr_li):
    """Five lines about Chen by her doctor."""
    return [journal.write(actor(dr_li), f"read-{n}", chen) for n in range(5)]


def test_lines_of_a_centre_form_one_chain(actor, chen, dr_li):
    first = journal.write(actor(dr_li), "read", chen)
    second = journal.write(actor(dr_li), "read", chen)
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous_digest == first.digest


def test_a_changed_line_no_longer_matches_its_digest(actor, chen, dr_li):
    journal.write(actor(dr_li), "read", chen)
    line = AuditEvent.objects.get()
    assert journal.digest(line) == line.digest
    line.action = "wrote"
    assert journal.digest(line) != line.digest


def test_the_line_names_the_person_it_is_about(actor, encounter, dr_li):
    assert journal.write(actor(dr_li), "open", encounter).subject == encounter.patient_id


def test_a_whole_journal_verifies_and_prints_its_anchors(lines, chen, capsys):
    assert verifying.breaks() == []
    call_command("verify_journal")
    kept = json.loads(capsys.readouterr().out)
    assert kept == {str(chen.organization_id): [5, lines[-1].digest]}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET action = 'nothing'",
        "DELETE FROM audit_auditevent",
        "UPDATE audit_journalhead SET sequence = 2",
        "DELETE FROM audit_journalhead",
    ],
)
def test_the_database_refuses_to_rewrite_the_journal(lines, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 5
    assert verifying.breaks() == []


@pytest.mark.postgresql
def test_postgresql_refuses_to_empty_the_journal(lines):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_auditevent CASCADE")
    assert AuditEvent.objects.count() == 5


TABLES = [row._meta.db_table for row in (AuditEvent, JournalHead)]


def _as_superuser(*statements):
    with unlocked(*TABLES), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


SWAP = (
    "UPDATE audit_auditevent SET sequence = 99 WHERE sequence = 2",
    "UPDATE audit_auditevent SET sequence = 2 WHERE sequence = 3",
    "UPDATE audit_auditevent SET sequence = 3 WHERE sequence = 99",
)


@pytest.mark.parametrize(
    ("statements", "sequence"),
    [
        (["UPDATE audit_auditevent SET action = 'nothing' WHERE sequence = 3"], 3),
        (["UPDATE audit_auditevent SET digest = 'x' WHERE sequence = 3"], 3),
        (["DELETE FROM audit_auditevent WHERE sequence = 2"], 2),
        (SWAP, 2),
        (["DELETE FROM audit_auditevent WHERE sequence = 5"], 5),
        (["DELETE FROM audit_journalhead"], 1),
    ],
)
def test_what_a_superuser_does_to_the_journal_is_found(lines, statements, sequence):
    _as_superuser(*statements)
    found = verifying.breaks()
    assert [link.sequence for link in found] == [sequence]
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_journal")


def test_a_tail_cut_off_with_its_head_is_found_by_the_anchors_printed_before(lines, tmp_path):
    kept = verifying.anchors()
    _as_superuser(
        "DELETE FROM audit_auditevent WHERE sequence = 5",
        f"UPDATE audit_journalhead SET sequence = 4, digest = '{lines[3].digest}'",
    )
    assert verifying.breaks() == []
    assert [link.sequence for link in verifying.breaks(kept)] == [5]
    file = tmp_path / "anchors.json"
    file.write_text(json.dumps(kept))
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_journal", anchors=file)


def test_anchors_that_are_none_get_one_sentence(lines, tmp_path):
    file = tmp_path / "anchors.json"
    for text in ("", "[]", '{"a": 3}', "\x00"):
        file.write_text(text)
        with pytest.raises(CommandError, match="not anchors"):
            call_command("verify_journal", anchors=file)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_fifty_writers_at_once_keep_one_chain(chen, dr_li):
    actor = Actor.of(dr_li.user)

    def write():
        with transaction.atomic():
            journal.write(actor, "read", chen)

    at_once(*[write] * 50, expected=())
    assert AuditEvent.objects.count() == 50
    assert JournalHead.objects.get().sequence == 50
    assert verifying.breaks() == []


@pytest.mark.django_db(transaction=True)
def test_readers_without_a_transaction_of_their_own_never_share_a_number(actor, chen, dr_li):
    """A desk fills seven sections at once, each look a line."""
    doctor = actor(dr_li)

    def look():
        for _ in range(5):
            journal.write(doctor, "look", chen)

    at_once(*[look] * 4, expected=())
    assert list(AuditEvent.objects.values_list("sequence", flat=True)) == list(range(1, 21))
