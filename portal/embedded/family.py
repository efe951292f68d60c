"""The processes beside the portal: started together, minded, and ended together."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from portal import env

STOP_WITHIN_S = 5.0
TOO_SHORT_A_LIFE_S = 10.0
SHORT_LIVES = 3

Say = Callable[[str], object]


class Family:
    """Children that live as long as this process, and are started again when one falls."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._reading_end, self._writing_end = os.pipe()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._ending = threading.Event()
        self._lock = threading.Lock()

    def start(self, name: str, *command: str, pass_fds: tuple[int, ...] = ()) -> None:
        """Start a child by its command (`web`, `celery` or one of the sandbox)."""

        def spawn() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, "-m", "portal.embedded.child", str(self._reading_end), *command],
                cwd=env.ROOT,
                pass_fds=(self._reading_end, *pass_fds),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

        self._children[name] = spawn()
        threading.Thread(target=self._mind, args=(name, spawn), daemon=True).start()

    def is_alive(self, name: str) -> bool:
        return self._children[name].poll() is None

    def end(self) -> None:
        """Ask every child to stop, and make those that do not."""
        with self._lock:
            self._ending.set()
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _mind(self, name: str, spawn: Callable[[], subprocess.Popen[bytes]]) -> None:
        short_lives = 0
        while short_lives < SHORT_LIVES:
            born = time.monotonic()
            code = self._children[name].wait()
            with self._lock:
                if self._ending.is_set():
                    return
                self._say(f"{name} ended ({code}); starting it again.")
                self._children[name] = spawn()
            short_lives = short_lives + 1 if time.monotonic() - born < TOO_SHORT_A_LIFE_S else 0
        self._say(f"{name} does not stay up.")
