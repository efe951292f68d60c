"""A client of `/live/` as the contract describes it, for the tests."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
import uuid

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ORIGIN = "http://127.0.0.1:8000"


class Line:
    """One socket: asks and waits for the answer; events are kept in the order they came."""

    def __init__(self, port, session_key="", origin=ORIGIN, path="/live/", **options):
        headers = {"Cookie": f"sessionid={session_key}"} if session_key else {}
        self.opened = contextlib.ExitStack()
        settings = {"compression": None, "proxy": None, "ping_interval": None, "max_size": 2**20}
        self.socket = self.opened.enter_context(
            connect(
                f"ws://127.0.0.1:{port}{path}", additional_headers=headers, origin=origin,
                **{**settings, **options},
            )
        )  # fmt: skip
        self.numbers = itertools.count(1)
        self.frames, self.answers = [], {}
        self.news = threading.Condition()
        self.closed = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        try:
            for text in self.socket:
                with self.news:
                    frame = json.loads(text)
                    if "id" in frame:
                        self.answers[frame["id"]] = frame
                    else:
                        self.frames.append(frame)
                    self.news.notify_all()
        except ConnectionClosed:
            pass
        with self.news:
            self.closed = self.socket.close_code
            self.news.notify_all()

    def send(self, text):
        is_frame = isinstance(text, (str, bytes))
        self.socket.send(text if is_frame else json.dumps(text, ensure_ascii=False))

    def ask(self, kind, timeout=10, **fields):
        number = next(self.numbers)
        self.send({"type": kind, "id": number, **fields})
        return self.answer(number, timeout)

    def answer(self, number, timeout=10):
        with self.news:
            assert self.news.wait_for(
                lambda: number in self.answers or self.closed is not None, timeout
            ), f"no answer to {number}"
            if number not in self.answers:
                raise ConnectionResetError(self.closed)
            return self.answers.pop(number)

    def say(self, encounter, text, client_id=None, **more):
        return self.ask(
            "consult.say", encounter=str(encounter.pk), text=text,
            client_id=str(client_id or uuid.uuid4()), **more,
        )  # fmt: skip

    def open(self, encounter, after=0):
        return self.ask("consult.open", encounter=str(encounter.pk), after=after)

    def wait(self, seconds):
        """Until something comes, or so long."""
        with self.news:
            self.news.wait(seconds)

    def event(self, kind, timeout=10):
        """The next event of this type; those before it are dropped."""
        with self.news:
            end = time.monotonic() + timeout
            while True:
                for place, frame in enumerate(self.frames):
                    if frame["type"] == kind:
                        del self.frames[: place + 1]
                        return frame
                assert self.news.wait(max(0, end - time.monotonic())), f"no {kind}"

    def events(self, kind, count, timeout=10):
        return [self.event(kind, timeout) for _ in range(count)]

    def close_code(self, timeout=10):
        with self.news:
            assert self.news.wait_for(lambda: self.closed is not None, timeout), "still open"
            return self.closed

    def hang_up(self):
        with contextlib.suppress(Exception):
            self.opened.close()
        self.reader.join(5)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.hang_up()


def settled(line):
    """Wait until the server has dealt with everything sent so far, and has told it."""
    line.ask("ping")
    return line.frames
