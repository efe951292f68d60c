from __future__ import annotations

import time

import pytest

from consult.models import Appointment
from portal.accounts.sessions import end
from portal.realtime import limits, publish
from tests.portal.realtime.conftest import sweep_now
from tests.portal.realtime.line import settled

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 30  # of a busy machine; what must be pushed is tried without the next look


def test_signing_out_closes_the_sockets_of_that_session_only(dial, chen, sweep_every):
    sweep_every(3600)
    here, elsewhere = dial(chen), dial(chen)
    end(chen.user, here.session_key)
    assert here.close_code(PATIENCE_S) == 4401
    assert elsewhere.ask("ping")["type"] == "pong"


def test_a_session_that_vanished_is_found_by_the_next_look(dial, chen):
    from django.contrib.sessions.models import Session

    line = dial(chen)
    Session.objects.filter(session_key=line.session_key).delete()
    assert line.close_code(PATIENCE_S) == 4401


def test_a_closed_account_loses_its_sockets(dial, chen):
    line = dial(chen)
    type(chen.user).objects.filter(pk=chen.user_id).update(is_active=False)
    assert line.close_code(PATIENCE_S) == 4401


def test_a_changed_password_or_role_ends_the_sockets(dial, dr_li, dr_wang):
    one, other = dial(dr_li), dial(dr_wang)
    users = type(dr_li.user).objects
    users.filter(pk=dr_li.user_id).update(password="!changed")
    users.filter(pk=dr_wang.user_id).update(role="pharmacist")
    assert (one.close_code(PATIENCE_S), other.close_code(PATIENCE_S)) == (4401, 4401)


def test_a_withdrawn_right_closes_at_once_and_nothing_more_is_heard(
    dial, chen, dr_li, encounter, sweep_every
):
    sweep_every(3600)
    resident, doctor = dial(chen), dial(dr_li)
    resident.open(encounter)
    doctor.open(encounter)
    publish.withdraw(dr_li.user_id, encounter.pk)
    assert doctor.close_code(PATIENCE_S) == 4403
    resident.say(encounter, "not for the doctor who left")
    assert doctor.frames == []


def test_a_patient_moved_to_another_doctor_is_found_by_the_next_look(
    dial, chen, dr_li, dr_wang, encounter
):
    doctor = dial(dr_li)
    doctor.open(encounter)
    type(encounter).objects.filter(pk=encounter.pk).update(practitioner=dr_wang)
    assert doctor.close_code(PATIENCE_S) == 4403
    assert dial(dr_li).open(encounter)["code"] == "not_found"


def test_a_stranger_who_knocks_while_rights_are_checked_is_answered_not_thrown_out(
    dial, chen, dr_wang, encounter
):
    dial(chen).open(encounter)
    stranger = dial(dr_wang)
    for _time in range(30):
        sweep_now()
        assert stranger.open(encounter)["code"] == "not_found"


def test_a_former_member_cannot_say_even_before_the_socket_closes(
    dial, chen, dr_li, dr_wang, encounter, sweep_every
):
    sweep_every(3600)
    doctor = dial(dr_li)
    doctor.open(encounter)
    type(encounter).objects.filter(pk=encounter.pk).update(practitioner=dr_wang)
    assert doctor.say(encounter, "still here?")["code"] == "not_found"


def test_a_silent_socket_closes_and_a_pinging_one_lives(dial, chen, monkeypatch):
    quiet, alive = dial(chen), dial(chen)
    monkeypatch.setattr(limits, "SILENCE_SECONDS", 2)
    until = time.monotonic() + PATIENCE_S
    while quiet.closed is None and time.monotonic() < until:
        alive.ask("ping")
        quiet.wait(0.2)
    assert quiet.close_code(1) == 4408
    assert alive.ask("ping")["type"] == "pong"


def test_the_oldest_of_too_many_sockets_gives_way(dial, chen, session_of):
    key = session_of(chen)
    lines = [dial(session_key=key) for _ in range(limits.SOCKETS_A_PERSON + 1)]
    assert lines[0].close_code() == 4409
    assert all(line.ask("ping")["type"] == "pong" for line in lines[1:])


def test_strangers_are_told_nothing_in_any_command(
    dial, chen, neighbour, dr_wang, dr_zhao, sun, wu, gao, encounter
):
    resident = dial(chen)
    resident.open(encounter)
    for person in (neighbour, dr_wang, dr_zhao, sun, wu, gao):
        line = dial(person)
        room = {"encounter": str(encounter.pk)}
        answers = [
            line.open(encounter),
            line.say(encounter, "hello"),
            line.ask("consult.read", seq=1, **room),
            line.ask("consult.withdraw", seq=1, **room),
        ]
        line.send({"type": "consult.typing", **room})
        assert line.ask("consult.close", **room)["type"] == "ok"
        assert {answer["code"] for answer in answers} == {"not_found"}
        nobody = Appointment(pk="00000000-0000-4000-8000-000000000000")
        assert line.open(nobody)["message"] == answers[0]["message"]
        resident.say(encounter, "only for us")
        assert settled(line) == []
    assert all(frame["type"] != "consult.typing" for frame in settled(resident))
