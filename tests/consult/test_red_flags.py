from __future__ import annotations

import uuid

import pytest

from consult import conversation
from consult.models import Communication, Encounter
from portal.audit.models import AuditEvent


@pytest.mark.parametrize("words", ["胸痛半小时了", "I have chest pain", "右手没力气，说话不清"])
def test_a_red_flag_makes_the_case_urgent_and_names_120(actor, chen, encounter, words):
    conversation.say(actor(chen), encounter, uuid.uuid4(), words)
    encounter.refresh_from_db()
    said, notice = Communication.objects.order_by("seq")
    assert encounter.priority == Encounter.Priority.URGENT
    assert (said.text, said.author_kind) == (words, "resident")
    assert (notice.author_kind, notice.sender) == ("system", None)
    assert "120" in notice.text
    assert encounter.last_seq == 2
    assert AuditEvent.objects.get(action="red-flag").entity_id == str(encounter.pk)


def test_the_notice_speaks_the_residents_language(actor, chen, encounter):
    chen.user.language = "zh-hans"
    chen.user.save()
    conversation.say(actor(chen), encounter, uuid.uuid4(), "chest pain")
    assert Communication.objects.get(author_kind="system").text


def test_the_same_alarm_soon_again_is_not_repeated_to_her(actor, chen, encounter):
    for words in ("chest pain", "still chest pain"):
        conversation.say(actor(chen), encounter, uuid.uuid4(), words)
    assert Communication.objects.filter(author_kind="system").count() == 1
    assert AuditEvent.objects.filter(action="red-flag").count() == 2


def test_a_doctor_may_ask_about_chest_pain(actor, dr_li, encounter):
    conversation.say(actor(dr_li), encounter, uuid.uuid4(), "Any chest pain?")
    encounter.refresh_from_db()
    assert encounter.priority == Encounter.Priority.ROUTINE
    assert encounter.last_seq == 1


def test_a_message_sent_again_raises_no_second_alarm(actor, chen, encounter):
    client_id = uuid.uuid4()
    for _again in range(2):
        conversation.say(actor(chen), encounter, client_id, "chest pain")
    assert AuditEvent.objects.filter(action="red-flag").count() == 1
    assert Communication.objects.count() == 2


def test_the_desk_is_told_at_once(
    actor, chen, dr_li, encounter, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr("portal.realtime.publish._tell", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        conversation.say(actor(chen), encounter, uuid.uuid4(), "chest pain")
    heard = {hint["event"]["type"] for hint in told if hint.get("person") == str(dr_li.user_id)}
    assert heard == {"queue.changed", "notice"}
