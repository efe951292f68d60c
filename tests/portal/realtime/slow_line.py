"""A telephone line of the second generation before a server: late, narrow, cut now and then."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time

STEP = 512
BUFFER = 4096  # what a slow line holds is on the way, not in a large buffer of this machine


class SlowLine:
    """Passes bytes on from a port of its own; `cuts` says after how many each connection ends."""

    def __init__(self, port, *, delay=0.2, bits_a_second=50_000, cuts=()):
        self._there, self.delay, self.rate = port, delay, bits_a_second / 8
        self._cuts = iter(cuts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._listener.close()

    def _listen(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _address = self._listener.accept()
                self._join(near, socket.socket(), next(self._cuts, None))

    def _join(self, near, far, ends):
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        with near, far:
            far.connect(("127.0.0.1", self._there))
            self._pass(near.dup(), far.dup(), None)
            self._pass(far.dup(), near.dup(), ends)

    def _pass(self, source, sink, ends):
        """One way: `_read` is as narrow as the line, `_write` as late."""
        on_the_way = queue.Queue()
        for work, end in ((self._read, source), (self._write, sink)):
            threading.Thread(
                target=_until_cut, args=(work, end, on_the_way, ends, (source, sink)), daemon=True
            ).start()

    def _read(self, source, on_the_way, ends):
        passed = 0
        while (data := source.recv(STEP)) and (ends is None or passed < ends):
            time.sleep(len(data) / self.rate)
            passed += len(data)
            on_the_way.put((time.monotonic() + self.delay, data))

    def _write(self, sink, on_the_way, _ends):
        while True:
            due, data = on_the_way.get()
            if data is None:
                return
            time.sleep(max(0, due - time.monotonic()))
            sink.sendall(data)


def _until_cut(work, end, on_the_way, ends, both):
    """When one side has gone or the line is cut, both ends are."""
    with contextlib.suppress(OSError):
        work(end, on_the_way, ends)
    on_the_way.put((0, None))
    for one in both:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
