"""Every command of the socket for everybody of the cast: `tests/access/table.py` says who is heard.

A command without an example here, or without its line in the table, fails the suite.
"""

from __future__ import annotations

import uuid

import pytest
from websockets.exceptions import InvalidStatus

from consult.models import Communication, ReadMark
from portal.realtime import registry
from tests.access.table import CAST, COMMANDS, OWN_COMMANDS
from tests.access.world import *  # noqa: F403 - fixtures
from tests.portal.realtime.line import settled

pytestmark = pytest.mark.django_db(transaction=True)

#: A form of each command that would do something, were it allowed; `encounter` is put in.
EXAMPLES = {
    "consult.open": {"after": 0},
    "consult.say": {"text": "Let me in"},
    "consult.read": {"seq": 1},
    "consult.withdraw": {"seq": 1},
    "consult.typing": {},
    "consult.close": {},
}
SILENT = {"consult.typing"}  # not answered at all
SAYS_NOTHING = {"consult.close"}  # what was never subscribed is unsubscribed: the same for all
NOT_FOUND = {"code": "not_found", "message": "There is no such conversation."}


@pytest.fixture
def person_of(request):
    return request.getfixturevalue


def kept(encounter):
    """All that a command could change."""
    encounter.refresh_from_db()
    words = list(Communication.objects.order_by("seq").values_list("seq", "text", "withdrawn_at"))
    return encounter.last_seq, words, list(ReadMark.objects.values_list("person_id", "seq"))


def answer(line, kind, encounter_id):
    """What is answered, the number of the command aside; None for a command that is not."""
    fields = {"encounter": str(encounter_id), **EXAMPLES[kind]}
    if kind == "consult.say":
        fields["client_id"] = str(uuid.uuid4())
    if kind in SILENT:
        line.send({"type": kind, **fields})
        return None
    told = line.ask(kind, **fields)
    return {name: value for name, value in told.items() if name != "id"}


def test_every_command_has_an_example_and_a_line_in_the_table():
    assert set(registry.COMMANDS) == {*COMMANDS, *OWN_COMMANDS}
    assert set(EXAMPLES) == set(COMMANDS)
    assert {name for names in COMMANDS.values() for name in names.split()} <= set(CAST)


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_a_command_is_obeyed_for_its_people_and_finds_nothing_for_others(
    kind, dial, person_of, chen, room
):
    """A stranger's room and an invented one are answered alike, and nothing changes (R34)."""
    member = dial(chen)
    member.open(room)
    for name in CAST:
        line = dial(person_of(name))
        before = kept(room)
        told, invented = answer(line, kind, room.pk), answer(line, kind, uuid.uuid4())
        heard = settled(line)
        if name in COMMANDS[kind].split():
            assert told is None or told["type"] == "ok", (name, told)
            continue
        assert told == invented, name
        if kind not in SILENT | SAYS_NOTHING:
            assert told == {"type": "error", **NOT_FOUND}, name
        assert (kept(room), heard) == (before, []), name
    told_of = {frame.get("person") for frame in settled(member)} - {None}
    assert told_of <= {str(person_of(name).user_id) for name in COMMANDS[kind].split()}


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_a_former_member_is_a_stranger_at_once(kind, dial, chen, dr_li, dr_wang, room, sweep_every):
    """The patient went to another doctor: the open socket is told nothing even before it ends."""
    sweep_every(3600)
    former, member = dial(dr_li), dial(chen)
    member.open(room)
    type(room).objects.filter(pk=room.pk).update(practitioner=dr_wang)
    before = kept(room)
    told = answer(former, kind, room.pk)
    if kind not in SILENT | SAYS_NOTHING:
        assert told == {"type": "error", **NOT_FOUND}
    member.say(room, "to the new doctor only")
    assert settled(former) == []
    if kind != "consult.say":
        assert kept(room)[2] == before[2]
    assert [frame["type"] for frame in settled(member) if "person" in frame] == []


@pytest.mark.parametrize("name", CAST)
def test_what_is_ones_own_tells_nothing_of_others(name, dial, person_of, room):
    line = dial(person_of(name))
    assert line.ask("ping")["type"] == "pong"
    assert line.ask("queue.watch")["type"] == "ok"
    told = {frame.get("encounter") for frame in settled(line)} - {None}
    assert told <= ({str(room.pk)} if name in ("chen", "dr_li") else set())


def test_nobody_signed_in_is_refused_before_the_socket_opens(dial):
    for key in ("", "x" * 32, "a" * 500, "../../etc"):
        with pytest.raises(InvalidStatus) as refused:
            dial(session_key=key)
        assert refused.value.response.status_code == 403
