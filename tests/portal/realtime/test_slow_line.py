"""F9: one reader on a line of 50 kbit/s that is cut twice, beside two who are fast."""

from __future__ import annotations

import time
from socket import SO_SNDBUF, SOL_SOCKET
from statistics import median

import pytest
from twisted.internet import reactor
from twisted.internet.tcp import Port

from consult.models import Communication
from portal.realtime import limits
from tests.portal.realtime.slow_line import SlowLine
from tests.portal.realtime.talker import Talker

pytestmark = pytest.mark.django_db(transaction=True)
TURNS = 15
WORDS = "我早上吃了药，血压还是有点高。" * 40  # two kilobytes: a third of a second on such a line
NOISE_S = 0.02  # what a busy machine adds by itself


@pytest.fixture
def small_buffers(monkeypatch, live_port):
    """The line is as slow as on the street; the talk is short, so less may wait for it."""
    monkeypatch.setattr(limits, "WIRE_BYTES", 4 * 1024)
    monkeypatch.setattr(limits, "OUTBOX_BYTES", 8 * 1024)
    doors = [reader.socket for reader in reactor.getReaders() if isinstance(reader, Port)]
    usual = [door.getsockopt(SOL_SOCKET, SO_SNDBUF) for door in doors]
    for door in doors:  # every line that is taken from now on has it
        door.setsockopt(SOL_SOCKET, SO_SNDBUF, 4096)
    yield
    for door, size in zip(doors, usual, strict=True):
        door.setsockopt(SOL_SOCKET, SO_SNDBUF, size)


@pytest.fixture
def pair(small_buffers, dial, chen, dr_li, encounter):
    both = dial(chen), dial(dr_li)
    for line in both:
        line.open(encounter)
    return both


def typical_time(pair, encounter):
    """From saying a word to its being heard, by turns."""
    took = []
    for turn in range(TURNS):
        speaker, hearer = pair if turn % 2 else pair[::-1]
        begin = time.monotonic()
        seq = speaker.say(encounter, WORDS)["seq"]
        assert hearer.event("consult.message")["seq"] == seq
        took.append(time.monotonic() - begin)
    return median(took)


def test_somebody_on_a_bad_line_slows_nobody_and_ends_in_step(
    pair, live_port, session_of, chen, encounter
):
    alone = typical_time(pair, encounter)
    with SlowLine(live_port, cuts=(9_000, 45_000)) as line:
        slow = Talker(session_of(chen), encounter, [line], "telephone")
        slow.until(lambda one: one.upto == TURNS)
        beside = typical_time(pair, encounter)
        behind = 2 * TURNS - slow.upto
        slow.until(lambda one: one.upto == 2 * TURNS, timeout=90)
        slow.stop()
    rows = Communication.objects.filter(encounter=encounter).values_list("seq", "client_id")
    assert slow.held == {seq: str(client_id) for seq, client_id in rows}
    assert slow.reconnects == 2 and behind > TURNS / 2
    assert beside < 2 * alone + NOISE_S, f"{beside:.3f} s beside, {alone:.3f} s alone"
