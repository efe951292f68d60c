"""What every measure stands on: private servers, a seeded database, processes to measure."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://127.0.0.1:8000"


class Ground:
    """One PostgreSQL and one Redis for the whole bench; servers are started as measures need."""

    def __init__(self, database_url: str, redis_url: str) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        }
        self.rooms: list[dict[str, str]] = []

    def seed(self, rooms: int, idle: int) -> None:
        """Migrate and fill: rooms of two signed-in people, and people who only listen."""
        self._seeding(str(rooms), str(idle))

    def sign_in_again(self) -> None:
        """Fresh sessions before a measure: a long bench outlasts what staff may sit idle."""
        self._seeding("again")

    def _seeding(self, *words: str) -> None:
        out = self._python("-m", "tests.bench.seeding", *words)
        seeded = json.loads(out.splitlines()[-1])
        self.rooms, self.idle = seeded["rooms"], seeded["idle"]

    def newest(self) -> dict[str, int]:
        """The last number of every room."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            rows = connection.execute("select id::text, last_seq from consult_encounter")
            return dict(rows.fetchall())

    def told_by(self, module: str) -> dict[str, list[float]]:
        """What a measure in a process of its own printed, on a copy of the database."""
        environment = {**self.environment, "DATABASE_URL": self.copied("bench_alone")}
        done = subprocess.run(
            [sys.executable, "-m", module], env=environment, cwd=ROOT, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    def run(self, module: str, *words: str) -> str:
        """Run a module on the bench's database to its end; what it printed."""
        return self._python("-m", module, *words)

    def copied(self, name: str) -> str:
        """The address of a copy of the seeded database."""
        url = self.environment["DATABASE_URL"]
        head, _, own = url.rpartition("/")
        with psycopg.connect(f"{head}/postgres", autocommit=True) as connection:
            connection.execute(f'drop database if exists "{name}"')
            connection.execute(f'create database "{name}" template "{own}"')
        return f"{head}/{name}"

    def _python(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, cwd=ROOT, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout

    @contextmanager
    def server(self, application: str, **environment: str) -> Iterator[Server]:
        """A daphne of its own with this application."""
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0",
             application],
            env={**self.environment, **environment}, cwd=ROOT, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_for(port)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(10)

    def sockets(self, rooms: int, *servers: Server) -> list[dict[str, object]]:
        """Two people a room, spread over the servers so that the two are often apart."""
        plan = []
        for number, room in enumerate(self.rooms[:rooms]):
            for side, cookie in enumerate((room["resident"], room["doctor"])):
                server = servers[(number + side) % len(servers)]
                plan.append({"port": server.port, "pid": server.pid, "path": "/live/",
                             "origin": ORIGIN, "cookie": cookie, "room": room["room"]})  # fmt: skip
        return plan

    def load(self, **plan: object) -> dict[str, float]:
        """Run the generator to its end and read what it saw."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.generator"], input=json.dumps(plan) + "\n",
            env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    @contextmanager
    def held_open(self, sockets: list[dict[str, object]]) -> Iterator[None]:
        """These sockets stay open and silent meanwhile."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.generator"], env=self.environment, cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        plan = {"mode": "idle", "sockets": sockets}
        process.stdin.write(json.dumps(plan) + "\n")
        process.stdin.flush()
        opened = json.loads(process.stdout.readline() or "{}")
        if opened.get("open") != len(sockets):
            raise RuntimeError("the idle sockets did not open")
        try:
            yield
        finally:
            process.stdin.write("\n")
            process.stdin.flush()
            process.communicate(timeout=20)


class Server:
    """A running process under measure."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def cpu(self) -> float:
        """Seconds of processor time so far: what a busy neighbour on the machine cannot change."""
        return cpu_seconds(self.pid)

    def memory(self) -> int:
        """Resident bytes."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no memory figure")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")
