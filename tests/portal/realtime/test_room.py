from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from consult import conversation
from consult.models import Communication, Encounter, ReadMark
from portal.realtime import publish
from tests.portal.realtime.line import settled

pytestmark = pytest.mark.django_db(transaction=True)


def write(actor, encounter, *texts):
    return [conversation.say(actor, encounter, uuid.uuid4(), text) for text in texts]


def test_opening_a_room_answers_what_the_client_lacks(dial, actor, chen, dr_li, encounter):
    write(actor(chen), encounter, "one", "two")
    write(actor(dr_li), encounter, "three")
    answer = dial(chen).open(encounter, after=1)
    assert [message["body"]["text"] for message in answer["messages"]] == ["two", "three"]
    assert {key: answer[key] for key in ("type", "more", "last_seq", "state", "read")} == {
        "type": "ok", "more": False, "last_seq": 3, "state": "planned", "read": {},
    }  # fmt: skip
    assert answer["members"] == [
        {"id": str(chen.user_id), "name": "Chen Guilan", "kind": "resident"},
        {"id": str(dr_li.user_id), "name": "Li Wei", "kind": "doctor"},
    ]
    assert answer["messages"][1]["author"]["kind"] == "doctor"


def test_a_long_conversation_comes_in_pages_that_fit_a_frame(dial, actor, chen, encounter):
    words = [
        conversation.Words(actor(chen), encounter.pk, uuid.uuid4(), f"{n} " + "话" * 1290)
        for n in range(400)
    ]
    conversation.say_many(words)  # 1.5 MiB
    line, held, frames = dial(chen), [], 0
    while True:
        answer = line.open(encounter, after=held[-1] if held else 0)
        assert len(str(answer["messages"]).encode()) < 262_144
        held += [message["seq"] for message in answer["messages"]]
        frames += 1
        if not answer["more"]:
            break
    assert held == list(range(1, 401))
    assert frames >= 6


def test_at_most_two_hundred_messages_a_frame(dial, actor, chen, encounter):
    conversation.say_many(
        [conversation.Words(actor(chen), encounter.pk, uuid.uuid4(), "x") for _ in range(250)]
    )
    first = dial(chen).open(encounter)
    assert (len(first["messages"]), first["more"], first["last_seq"]) == (200, True, 250)


def test_news_come_although_older_pages_were_not_read(dial, actor, chen, dr_li, encounter):
    conversation.say_many(
        [conversation.Words(actor(chen), encounter.pk, uuid.uuid4(), "x") for _ in range(250)]
    )
    line = dial(chen)
    line.open(encounter)
    write(actor(dr_li), encounter, "new")
    assert line.event("consult.message")["seq"] == 251


def test_what_a_form_says_is_heard_on_the_socket(dial, actor, chen, dr_li, encounter):
    line = dial(chen)
    line.open(encounter)
    write(actor(dr_li), encounter, "one", "two")
    assert [event["seq"] for event in line.events("consult.message", 2)] == [1, 2]


def test_reading_moves_forward_only_and_is_told(dial, actor, chen, dr_li, encounter):
    write(actor(chen), encounter, "one", "two", "three")
    resident, doctor = dial(chen), dial(dr_li)
    resident.open(encounter)
    for seq in (2, 1, 99):
        assert doctor.ask("consult.read", encounter=str(encounter.pk), seq=seq)["type"] == "ok"
    told = [resident.event("consult.read")["seq"] for _ in range(2)]
    assert told == [2, 3]
    assert ReadMark.objects.get().seq == 3
    assert resident.open(encounter)["read"] == {str(dr_li.user_id): 3}


def test_typing_is_passed_on_once_in_two_seconds_and_not_answered(dial, chen, dr_li, encounter):
    resident, doctor = dial(chen), dial(dr_li)
    resident.open(encounter)
    doctor.open(encounter)
    for _key in range(5):
        resident.send({"type": "consult.typing", "id": 500, "encounter": str(encounter.pk)})
    resident.ask("ping")
    event = doctor.event("consult.typing")
    assert event["person"] == str(chen.user_id)
    assert settled(doctor) == []
    assert 500 not in resident.answers
    assert settled(resident) == []


def test_a_closed_room_is_quiet(dial, actor, chen, dr_li, encounter):
    line = dial(chen)
    line.open(encounter)
    line.ask("consult.close", encounter=str(encounter.pk))
    write(actor(dr_li), encounter, "unheard")
    assert settled(line) == []
    assert line.open(encounter)["last_seq"] == 1


@pytest.mark.parametrize(
    ("status", "ended", "code"),
    [
        ("planned", None, None), ("arrived", None, None), ("in-progress", None, None),
        ("finished", timedelta(hours=23), None), ("finished", timedelta(hours=25), "not_open"),
        ("cancelled", timedelta(hours=1), None), ("cancelled", timedelta(hours=25), "not_open"),
    ],
)  # fmt: skip
def test_a_room_is_writable_until_a_day_after_the_visit(dial, chen, encounter, status, ended, code):
    now = timezone.now()
    Encounter.objects.filter(pk=encounter.pk).update(
        status=status, status_reason="poor-connection", ended_at=ended and now - ended,
        started_at=ended and now - ended,
    )  # fmt: skip
    assert dial(chen).say(encounter, "hello").get("code") == code


def test_a_visit_called_off_before_it_began_takes_no_words(dial, chen, encounter):
    Encounter.objects.filter(pk=encounter.pk).update(
        status="cancelled", status_reason="resident", ended_at=timezone.now()
    )
    assert dial(chen).say(encounter, "hello")["code"] == "not_open"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), ("   \n\t", "empty"), ("\u200b\u200d\ufeff", "empty"),
        ("\u3164\u2800", "empty"), ("\u202e\u200f", "empty"), ("x" * 4001, "too_long"),
        ("  " + "x" * 4000 + "  ", None),
        ("😷" * 3900, None), ("𠮷野家", None), ("a\u0301" * 1000, None),
        ("<script>{{ 7*7 }}", None),
        ("\u202etxt.exe", None), ("=cmd|' /C calc'!A0", None),
    ],
)  # fmt: skip
def test_words_are_kept_as_they_are_or_refused_in_a_sentence(dial, chen, encounter, text, code):
    answer = dial(chen).say(encounter, text)
    assert answer.get("code") == code, answer
    if code:
        assert answer["message"]
        assert not Communication.objects.exists()
    else:
        assert Communication.objects.get().text == text.strip()


def test_one_can_take_back_ones_own_words_for_two_minutes(dial, actor, chen, dr_li, encounter):
    write(actor(chen), encounter, "secret")
    resident, doctor = dial(chen), dial(dr_li)
    doctor.open(encounter)
    room = {"encounter": str(encounter.pk), "seq": 1}
    assert doctor.ask("consult.withdraw", **room)["code"] == "not_found"
    assert resident.ask("consult.withdraw", **room)["type"] == "ok"
    assert doctor.event("consult.message")["body"] == {"kind": "withdrawn"}
    assert doctor.open(encounter)["messages"][0]["body"] == {"kind": "withdrawn"}
    assert Communication.objects.get().text == "secret"  # the record keeps the first words


def test_after_two_minutes_words_stay(dial, actor, chen, encounter):
    write(actor(chen), encounter, "said")
    Communication.objects.update(sent=timezone.now() - timedelta(minutes=3))
    answer = dial(chen).ask("consult.withdraw", encounter=str(encounter.pk), seq=1)
    assert answer["code"] == "not_open"


def test_the_doctors_first_words_are_remembered(dial, chen, dr_li, encounter):
    dial(chen).say(encounter, "hello")
    encounter.refresh_from_db()
    assert encounter.first_reply_at is None
    said = dial(dr_li).say(encounter, "hello")
    encounter.refresh_from_db()
    first = encounter.first_reply_at
    assert conversation.message.moment(first) == said["sent"]
    dial(dr_li).say(encounter, "again")
    encounter.refresh_from_db()
    assert encounter.first_reply_at == first


def test_watching_the_queue_tells_the_state_and_then_changes(dial, chen, dr_li, encounter):
    Encounter.objects.filter(pk=encounter.pk).update(status="arrived", arrived_at=timezone.now())
    resident, doctor = dial(chen), dial(dr_li)
    assert resident.ask("queue.watch")["type"] == "ok"
    assert resident.event("queue.place")["place"] == 1
    publish.to_person(dr_li.user_id, {"type": "queue.changed", "waiting": 1})
    assert settled(doctor) == []  # not watching yet
    doctor.ask("queue.watch")
    assert doctor.event("queue.changed")["waiting"] == 1


def test_a_change_of_state_that_nobody_told_is_found(dial, chen, encounter):
    line = dial(chen)
    line.open(encounter)
    Encounter.objects.filter(pk=encounter.pk).update(status="arrived")
    event = line.event("consult.state", timeout=30)
    assert event["state"] == "arrived"


def test_a_notice_and_a_reload_reach_every_socket_of_a_person(dial, chen, dr_li):
    resident, other, doctor = dial(chen), dial(chen), dial(dr_li)
    publish.to_person(chen.user_id, {"type": "notice", "text": "hello"})
    assert resident.event("notice") == other.event("notice") == {"type": "notice", "text": "hello"}
    publish.reload(within=20)
    assert doctor.event("reload") == {"type": "reload", "within": 20}
