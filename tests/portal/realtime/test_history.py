"""Whatever is cut, and wherever: each message once, in order, the same on both sides (I1–I7)."""

from __future__ import annotations

import random
import threading
import uuid

import pytest

from consult import conversation
from consult.models import Communication
from portal.realtime import limits
from portal.realtime.switchboard import switchboard
from portal.realtime.wire import Wire

pytestmark = pytest.mark.django_db(transaction=True)


class Talker(threading.Thread):
    """A client as the contract wants it: keeps what is not promised, and asks for what it lacks."""

    def __init__(self, dial, key, encounter, count, seed):
        super().__init__(daemon=True)
        self.dial, self.key, self.encounter = dial, key, encounter
        self.random, self.seed = random.Random(seed), seed
        self.outbox = [(uuid.uuid4(), f"{seed} says {n}") for n in range(count)]
        self.promised, self.held, self.error = {}, {}, None

    def run(self):
        try:
            while self.outbox:
                self.one_connection()
            self.catch_up(self.dial(session_key=self.key), to_the_end=True)
        except Exception as error:
            self.error = error

    def one_connection(self):
        line = self.dial(session_key=self.key)
        self.catch_up(line)
        for _before_the_cut in range(self.random.randint(1, 8)):
            if not self.outbox:
                break
            client_id, text = self.outbox[0]
            cut = self.random.random()
            if cut < 0.15:  # sent, and the line is gone before the answer
                line.send(self.frame(client_id, text))
                break
            answer = line.say(self.encounter, text, client_id)
            assert answer["type"] == "ok", answer
            self.promised[client_id] = answer["seq"]
            self.outbox.pop(0)
        self.hear(line)
        line.socket.socket.close() if self.random.random() < 0.5 else line.hang_up()

    def frame(self, client_id, text):
        return {
            "type": "consult.say", "id": 9999, "encounter": str(self.encounter.pk),
            "client_id": str(client_id), "text": text,
        }  # fmt: skip

    def hear(self, line):
        with line.news:
            for event in line.frames:
                if event["type"] == "consult.message" and event["seq"] == len(self.held) + 1:
                    self.held[event["seq"]] = event["client_id"]

    def catch_up(self, line, to_the_end=False):
        answer = line.open(self.encounter, after=len(self.held))
        for message in answer["messages"]:
            assert message["seq"] == len(self.held) + 1, "a gap or a double in an answer"
            self.held[message["seq"]] = message["client_id"]
        assert not to_the_end or len(self.held) == answer["last_seq"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_over_lines_cut_at_random_both_hold_the_same_list(
    dial, session_of, chen, dr_li, encounter, monkeypatch, seed
):
    monkeypatch.setattr(limits, "SOCKETS_A_PERSON", 10**6)
    monkeypatch.setattr("portal.realtime.running.say_buckets.size", 10**6)
    talkers = [
        Talker(dial, session_of(person), encounter, 25, seed * 10 + number)
        for number, person in enumerate((chen, dr_li))
    ]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        talker.join(120)
        assert not talker.is_alive()
        assert talker.error is None, repr(talker.error)
    for talker in talkers:
        talker.catch_up(dial(session_key=talker.key), to_the_end=True)
    rows = list(Communication.objects.order_by("seq").values_list("seq", "client_id", "text"))
    assert [seq for seq, _client, _text in rows] == list(range(1, 51))
    stored = {seq: str(client) for seq, client, _text in rows}
    for talker in talkers:
        assert talker.held == stored
        assert all(stored[seq] == str(client) for client, seq in talker.promised.items())
        mine = [text for _seq, _client, text in rows if text.startswith(f"{talker.seed} ")]
        assert mine == [f"{talker.seed} says {n}" for n in range(25)]


def test_a_reader_who_does_not_read_slows_nobody_and_catches_up(
    dial, actor, chen, dr_li, encounter, monkeypatch
):
    monkeypatch.setattr(limits, "OUTBOX_FRAMES", 50)
    slow, quick = dial(chen), dial(dr_li)
    slow.open(encounter)
    quick.open(encounter)
    stuck = [next(iter(switchboard.people[chen.user_id])).wire]
    monkeypatch.setattr(Wire, "held", lambda wire: 10**9 if wire in stuck else 0)
    for start in range(0, 300, 30):
        conversation.say_many(
            [
                conversation.Words(actor(dr_li), encounter.pk, uuid.uuid4(), f"{n}")
                for n in range(start, start + 30)
            ]
        )
    heard = [event["seq"] for event in quick.events("consult.message", 300)]
    assert heard == list(range(1, 301))
    assert slow.frames == []
    assert all(len(socket.line) <= 50 for socket in switchboard.people[chen.user_id])
    stuck.clear()
    heard = [event["seq"] for event in slow.events("consult.message", 300, timeout=30)]
    assert heard == list(range(1, 301))
