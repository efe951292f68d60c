"""A person whose client keeps the contract of chat.md over cut lines: shows, keeps, resends."""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from collections import deque

from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.sync.client import connect

from tests.portal.realtime.line import ORIGIN

AHEAD = 4  # messages sent before the first of them is acknowledged
LOST = (OSError, EOFError, InvalidHandshake, WebSocketException)


class Talker:
    """Says many messages over one socket at a time; the next server is tried when one is gone."""

    def __init__(self, session_key, encounter, servers, name):
        self.session_key, self.encounter, self.name = session_key, str(encounter.pk), name
        self.servers = itertools.cycle(servers)
        self.outbox = deque()  # (client_id, text), not acknowledged yet
        self.acknowledged = {}  # client_id → seq
        self.held = {}  # seq → client_id: the list this person sees
        self.on_acknowledged = lambda: None
        self.reconnects = -1
        self.away = 0.0  # the longest time without a server
        self.failed = None
        self.stopping = threading.Event()
        self.said = threading.Condition()
        self.thread = threading.Thread(target=self._guarded, daemon=True)
        self.thread.start()

    # what the test asks

    def write(self, count):
        with self.said:
            begin = len(self.outbox) + len(self.acknowledged)
            for number in range(begin, begin + count):
                self.outbox.append((str(uuid.uuid4()), f"{self.name} {number:04}"))

    def until(self, condition, timeout=30):
        with self.said:
            assert self.said.wait_for(lambda: self.failed or condition(self), timeout), self.state()
        if self.failed:
            raise self.failed

    def stop(self):
        self.stopping.set()
        self.thread.join(10)

    def state(self):
        return f"{self.name}: {len(self.acknowledged)} acknowledged, {len(self.outbox)} waiting"

    @property
    def upto(self):
        """Up to which number this person holds every message."""
        return next(n for n in itertools.count() if n + 1 not in self.held)

    # the client

    def _guarded(self):
        try:
            gone = time.monotonic()
            while not self.stopping.is_set():
                try:
                    with self._connect() as self.socket:
                        self.away = max(self.away, time.monotonic() - gone)
                        self._talk()
                except LOST:
                    pass
                gone = time.monotonic()
                self.stopping.wait(0.1)
        except Exception as error:
            self.failed = error
        with self.said:
            self.said.notify_all()

    def _connect(self):
        return connect(
            f"ws://127.0.0.1:{next(self.servers).port}/live/", origin=ORIGIN, compression=None,
            additional_headers={"Cookie": f"sessionid={self.session_key}"}, proxy=None,
            ping_interval=None, open_timeout=10,
        )  # fmt: skip

    def _talk(self):
        self.reconnects += 1
        self.sent = 0  # how many of the outbox went over this line
        self.asked = False
        self._ask_for_missing()
        while not self.stopping.is_set():
            self._send_ahead()
            try:
                frame = json.loads(self.socket.recv(timeout=0.05))
            except TimeoutError:
                continue
            with self.said:
                self._hear(frame)
                self.said.notify_all()

    def _send_ahead(self):
        if self.asked:  # first what was missed, then what waits
            return
        while self.sent < min(AHEAD, len(self.outbox)):
            client_id, text = self.outbox[self.sent]
            self.sent += 1
            self._send(
                "consult.say", client_id, encounter=self.encounter, client_id=client_id, text=text
            )

    def _ask_for_missing(self):
        self.asked = True
        self._send("consult.open", "open", encounter=self.encounter, after=self.upto)

    def _send(self, kind, number, **fields):
        self.socket.send(json.dumps({"type": kind, "id": number, **fields}))

    def _hear(self, frame):
        if frame["type"] == "consult.message":
            self._hold(frame["seq"], frame["client_id"])
        elif frame["type"] == "ok" and frame["id"] == "open":
            self.asked = False
            for message in frame["messages"]:
                self._hold(message["seq"], message["client_id"])
            if frame["more"]:
                self._ask_for_missing()
        elif frame["type"] == "ok":
            self._acknowledge(frame)
        else:
            assert frame["type"] != "error", frame

    def _acknowledge(self, frame):
        client_id, _text = self.outbox.popleft()
        assert frame["id"] == frame["client_id"] == client_id, "acknowledged out of order"
        self.sent -= 1
        self.acknowledged[client_id] = frame["seq"]
        self._hold(frame["seq"], client_id)
        self.on_acknowledged()

    def _hold(self, seq, client_id):
        assert self.held.setdefault(seq, client_id) == client_id, f"two messages are number {seq}"
        if seq > self.upto and not self.asked:
            self._ask_for_missing()
