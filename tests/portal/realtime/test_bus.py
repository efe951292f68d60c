"""F2: two web processes and the Redis between them, there, away and back."""

from __future__ import annotations

import json
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from websockets.sync.client import connect

from consult.models import Communication
from portal.realtime import limits
from tests.portal.realtime.line import ORIGIN, Line
from tests.portal.realtime.processes import running
from tests.portal.realtime.talker import Talker

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
TURNS = 5
LONG = 400  # messages of 12 KB: more than the kernel keeps for a line
IDLE_ENDED_AFTER = 1  # what the library does in these processes, instead of after 5 s


@pytest.fixture(scope="module")
def town(django_db_setup, tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    with running(folder, REDIS_TIMEOUT=str(IDLE_ENDED_AFTER)) as everything:
        yield everything


@pytest.fixture
def bus(town):
    """The Redis, there again for the next test."""
    yield town[0]
    if town[0].process.poll() is not None:
        town[0].start()


@pytest.fixture
def call(bus, town, session_of):
    """Open a socket of somebody at one of the two processes."""
    _bus, left, right = town
    lines = []

    def dial(person, web, key=None):
        lines.append(Line(web.port, key or session_of(person)))
        return lines[-1]

    yield lambda person, side, key=None: dial(person, left if side == "left" else right, key)
    for line in lines:
        line.hang_up()


@pytest.fixture
def both(call, chen, dr_li, encounter):
    """The resident at one process, the doctor at the other."""
    lines = call(chen, "left"), call(dr_li, "right")
    for line in lines:
        assert line.open(encounter)["type"] == "ok"
    return lines


def in_turns(lines, encounter, turns=TURNS):
    """One speaks, the other hears, then the other way round; the seconds it took."""
    began = time.monotonic()
    for turn in range(turns):
        speaker, listener = lines if turn % 2 else reversed(lines)
        client_id = str(uuid.uuid4())
        assert speaker.say(encounter, f"turn {turn}", client_id)["type"] == "ok"
        assert listener.event("consult.message", timeout=20)["client_id"] == client_id
    return time.monotonic() - began


def are_immediate(lines, encounter):
    """Far quicker than looking into the rows every few seconds would be."""
    return in_turns(lines, encounter) < (TURNS - 1) * limits.SWEEP_SECONDS / 2


def test_what_is_said_in_one_process_is_heard_in_the_other_at_once(both, encounter):
    assert are_immediate(both, encounter)


def test_without_the_bus_words_are_stored_before_they_are_promised_and_arrive_a_little_later(
    both, bus, town, encounter
):
    bus.kill()
    resident, doctor = both
    for number in range(1, 4):
        answer = resident.say(encounter, f"{number}")
        assert Communication.objects.filter(encounter=encounter, seq=answer["seq"]).exists()
    heard = doctor.events("consult.message", 3, timeout=20)
    assert [event["seq"] for event in heard] == [1, 2, 3]
    for line, web in zip(both, town[1:], strict=True):
        assert line.ask("ping")["type"] == "pong", "nobody was sent away"
        assert page(web, "/home/", line) == (200, False), "nobody was signed out"


def page(web, path, line):
    key = line.socket.request.headers["Cookie"]
    request = Request(f"http://127.0.0.1:{web.port}{path}", headers={"Cookie": key})
    with urlopen(request, timeout=20) as answer:
        return answer.status, "/login/" in answer.url


def test_a_bus_that_comes_back_brings_what_was_missed_and_is_immediate_again(both, bus, encounter):
    bus.kill()
    missed = both[0].say(encounter, "said while the bus was away")["seq"]
    bus.start()
    assert both[1].event("consult.message", timeout=20)["seq"] == missed
    deadline = time.monotonic() + 20
    while not are_immediate(both, encounter):
        assert time.monotonic() < deadline, "still as slow as without the bus"


def test_an_emptied_bus_changes_nothing(both, bus, encounter):
    bus.flush()
    assert are_immediate(both, encounter)
    assert [line.ask("ping")["type"] for line in both] == ["pong"] * 2


def test_idle_sockets_outlive_what_the_library_allows_an_idle_line(
    call, town, chen, dr_li, encounter
):
    idle = [call(chen, "right") for _ in range(3)]
    for line in idle:
        line.open(encounter)
    before = [web.told() for web in town[1:]]
    until = time.monotonic() + 2.5 * IDLE_ENDED_AFTER
    while time.monotonic() < until:
        assert [line.closed for line in idle] == [None] * 3
        idle[0].wait(0.2)
    assert [web.told() for web in town[1:]] == before, "the bus was not lost either"
    doctor = call(dr_li, "left")
    seq = doctor.say(encounter, "still there?")["seq"]
    assert [line.event("consult.message", 2)["seq"] for line in idle] == [seq] * 3


def test_who_never_reads_holds_up_nobody_and_loses_nothing(
    call, town, session_of, chen, dr_li, encounter
):
    resident, doctor = call(chen, "right"), call(dr_li, "left")
    resident.open(encounter)
    with deaf(town[2], session_of(chen), encounter) as line:
        weight = memory(town[2])
        for number in range(1, LONG + 1):
            assert doctor.say(encounter, f"{number} " + "早" * 3900)["seq"] == number
        heard = [event["seq"] for event in resident.events("consult.message", LONG)]
        assert heard == list(range(1, LONG + 1))
        assert memory(town[2]) - weight < 50 * 2**20
        seqs = [event["seq"] for event in read_now(line, LONG)]
        assert seqs == list(range(1, LONG + 1))


@contextmanager
def deaf(web, key, encounter):
    """A client that opened a conversation and takes nothing from its line."""
    with connect(
        f"ws://127.0.0.1:{web.port}/live/", origin=ORIGIN, proxy=None, ping_interval=None,
        compression=None, max_queue=1, additional_headers={"Cookie": f"sessionid={key}"},
    ) as line:  # fmt: skip
        command = {"type": "consult.open", "id": 1, "encounter": str(encounter.pk), "after": 0}
        line.send(json.dumps(command))
        assert json.loads(line.recv(timeout=10))["type"] == "ok"
        yield line


def read_now(line, count):
    while count:
        frame = json.loads(line.recv(timeout=10))
        if frame["type"] == "consult.message":
            count -= 1
            yield frame


def memory(web):
    """Resident bytes of a process."""
    lines = Path(f"/proc/{web.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def test_a_process_that_is_told_to_stop_sends_its_people_to_the_other(
    town, session_of, chen, encounter, bus
):
    _bus, left, right = town
    talker = Talker(session_of(chen), encounter, (left, right), "resident")
    try:
        talker.write(3)
        talker.until(lambda one: not one.outbox)
        left.process.terminate()
        left.process.wait(10)
        talker.write(3)
        talker.until(lambda one: not one.outbox)
        assert (talker.reconnects, talker.upto) == (1, 6)
    finally:
        talker.stop()
        left.start()
