"""The cable between one browser and the portal, which can be torn while bytes flow."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

STEP = 16_384


class Wire:
    """Passes bytes on from a port of its own; torn after so many bytes, it passes none."""

    def __init__(self, base_url: str) -> None:
        place = urlsplit(base_url)
        self._there = (place.hostname, place.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.netloc = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.base_url = f"http://{self.netloc}"
        self.is_torn = False
        self._left: int | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def tears_after(self, bytes_sent: int) -> None:
        """So many bytes more go out; then everything that is open is torn."""
        self._left = bytes_sent

    def mend(self) -> None:
        self.is_torn, self._left = False, None

    def close(self) -> None:
        self._listener.close()
        self._tear()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _address = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near:
            if self.is_torn:
                return
            with socket.create_connection(self._there) as far:
                with self._lock:
                    self._open |= {near, far}
                back = threading.Thread(target=self._pass, args=(far, near, False), daemon=True)
                back.start()
                self._pass(near, far, True)
                back.join()
                with self._lock:
                    self._open -= {near, far}

    def _pass(self, source: socket.socket, sink: socket.socket, goes_out: bool) -> None:
        with contextlib.suppress(OSError):  # torn, or one side has gone
            while data := source.recv(STEP):
                sink.sendall(data)
                if goes_out and self._is_the_last(len(data)):
                    self._tear()
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_the_last(self, passed: int) -> bool:
        with self._lock:
            if self._left is None:
                return False
            self._left -= passed
            return self._left <= 0

    def _tear(self) -> None:
        self.is_torn = True
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
