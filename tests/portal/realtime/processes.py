"""Processes that a test may kill: web processes and a Redis, each on its own port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection
from redis import Redis, RedisError

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[3]
READY_WITHIN_S = 60


class Process:
    """One process of a command; killed without warning and started again on the same port."""

    def __init__(self, folder, name, **surroundings):
        self.port = free_port()
        self.log = folder / f"{name}.log"
        self.surroundings = {**os.environ, **surroundings}
        self.process = None

    def command(self):
        raise NotImplementedError

    def answers(self):
        socket.create_connection(("127.0.0.1", self.port), timeout=1).close()

    def start(self):
        self.launch()
        self.wait()

    def launch(self):
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.surroundings, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def wait(self):
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            assert self.process.poll() is None, self.told()
            try:
                return self.answers()
            except (OSError, RedisError):
                assert time.monotonic() < deadline, self.told()
                time.sleep(0.05)

    def kill(self):
        """SIGKILL: nothing is said and nothing is tidied up."""
        self.process.kill()
        self.process.wait()

    def end(self):
        if self.process is not None:
            self.kill()

    def told(self):
        return self.log.read_text(errors="replace")


class Web(Process):
    """A real web process on the database of this test."""

    def __init__(self, folder, name, redis_url, **surroundings):
        super().__init__(
            folder, name, DATABASE_URL=database_url(), REDIS_URL=redis_url,
            DJANGO_SETTINGS_MODULE="tests.settings", LIVE_SAY_BURST="100000", **surroundings,
        )  # fmt: skip

    def command(self):
        return [sys.executable, "-m", "tests.portal.realtime.web", str(self.port)]


class Bus(Process):
    """The Redis between the web processes."""

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self):
        program = shutil.which("redis-server")
        return [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]

    def answers(self):
        with Redis(port=self.port) as client:
            client.ping()

    def flush(self):
        with Redis(port=self.port) as client:
            client.flushall()


def database_url():
    facts = connection.settings_dict
    where = f"{facts['HOST'] or '127.0.0.1'}:{facts['PORT'] or 5432}"
    who = quote(facts["USER"]) + (f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else "")
    return f"postgresql://{who}@{where}/{facts['NAME']}"


@contextmanager
def running(folder, **surroundings):
    """A Redis of their own and two web processes on the database of this test."""
    bus = Bus(folder, "redis")
    webs = [Web(folder, name, bus.url, **surroundings) for name in ("left", "right")]
    everything = (bus, *webs)
    try:
        bus.start()
        for web in webs:
            web.launch()
        for web in webs:
            web.wait()
        yield everything
    finally:
        for process in everything:
            process.end()
