from __future__ import annotations

import uuid

from consult.models import Communication
from tests.portal.realtime.line import settled


def test_what_one_says_the_other_hears(dial, chen, dr_li, encounter):
    resident, doctor = dial(chen), dial(dr_li)
    assert resident.open(encounter)["last_seq"] == 0
    doctor.open(encounter)
    client_id = uuid.uuid4()
    promise = resident.say(encounter, "  Good morning 医生  ", client_id)
    heard = doctor.event("consult.message")
    assert promise["type"] == "ok"
    assert (promise["seq"], promise["client_id"]) == (1, str(client_id))
    assert heard == {
        "type": "consult.message",
        "encounter": str(encounter.pk),
        "seq": 1,
        "client_id": str(client_id),
        "author": {"id": str(chen.user_id), "name": "Chen Guilan", "kind": "resident"},
        "sent": promise["sent"],
        "body": {"kind": "text", "text": "Good morning 医生"},
    }
    assert Communication.objects.get().text == "Good morning 医生"


def test_the_senders_other_tab_hears_it_too_and_the_sending_one_is_only_promised(
    dial, chen, encounter
):
    first, second = dial(chen), dial(chen)
    first.open(encounter)
    second.open(encounter)
    first.say(encounter, "hello")
    assert second.event("consult.message")["seq"] == 1
    assert settled(first) == []


def test_the_same_client_id_again_is_stored_once(dial, chen, encounter):
    line, client_id = dial(chen), uuid.uuid4()
    first = line.say(encounter, "hello", client_id)
    again = line.say(encounter, "hello", client_id)
    assert (again["seq"], again["sent"]) == (first["seq"], first["sent"])
    assert Communication.objects.count() == 1


def test_the_same_client_id_with_other_words_is_a_conflict(dial, chen, encounter):
    line, client_id = dial(chen), uuid.uuid4()
    line.say(encounter, "hello", client_id)
    assert line.say(encounter, "goodbye", client_id)["code"] == "conflict"
    assert Communication.objects.get().text == "hello"


def test_ping_is_answered_by_pong(dial, chen):
    assert dial(chen).ask("ping") == {"type": "pong", "id": 1}
