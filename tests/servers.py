"""PostgreSQL, Redis, a browser and a Chinese font for the tests: given, found, or installed.

Servers are private and thrown away afterwards. What can be neither found nor installed is
named exactly, in `Missing`.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from redis import Redis

UNPRIVILEGED = "nobody"
START_WITHIN_S = 30.0
PACKAGES = {
    "postgresql": "postgresql",
    "redis": "redis-server",
    "shell": "chromium-headless-shell",
    "chromium": "chromium",
    "font": "fonts-noto-cjk",
}


class Missing(Exception):
    """What this machine lacks, and how to get it."""


#: Chromium without its windows draws the same pages with three fifths of the work.
BETTER = {"shell"}


def prepare() -> None:
    """Make sure of everything the whole run needs; install it where that is allowed."""
    for need, package in PACKAGES.items():
        if not FOUND[need]() and os.geteuid() == 0 and shutil.which("apt-get"):
            _install(package)
    lacking = [PACKAGES[need] for need in PACKAGES.keys() - BETTER if not FOUND[need]()]
    if lacking:
        raise Missing(
            f"Install these, then run `make test` again: apt-get install {' '.join(lacking)}\n"
            "(or set DATABASE_URL, REDIS_URL and CHROMIUM; ALLOW_SKIPS=1 goes on without)"
        )


def chromium() -> str | None:
    """The browser: CHROMIUM, or any Chromium on the PATH, best without its windows."""
    names = (PACKAGES["shell"], "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A database server: DATABASE_URL, or a private one for this run.

    `durable`: a commit waits for the disk as in production (the bench); tests need not.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    programs = _postgresql_programs()
    if programs is None:
        raise Missing("No PostgreSQL found.")
    with _folder() as folder:
        port, data = free_port(), folder / "data"
        _run(programs / "initdb", "-D", data, "-A", "trust", "-U", "portal", "-E", "UTF8", "-N")
        command = [
            programs / "postgres", "-D", data, "-p", port, "-k", folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=500",
            *(() if durable else ("-c", "fsync=off", "-c", "full_page_writes=off")),
        ]  # fmt: skip
        with _server(command, folder / "log", signal.SIGINT):
            url = f"postgresql://portal@127.0.0.1:{port}/postgres"
            _wait(lambda: psycopg.connect(url, connect_timeout=2).close(), folder / "log")
            yield url


@contextmanager
def redis() -> Iterator[str]:
    """A Redis: REDIS_URL, or a private one for this run."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("No redis-server found.")
    with _folder() as folder:
        port = free_port()
        command = [program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with _server(command, folder / "log", signal.SIGTERM):
            _wait(Redis(port=port).ping, folder / "log")
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """A fresh database on that server, dropped afterwards."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postgresql_programs() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest of Debian's first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *debian]
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def _version(folder: Path) -> float:
    return float(folder.parent.name)


def _has_chinese() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def _install(package: str) -> None:
    # RUNLEVEL=1: a fresh package must not start a server of its own on this machine.
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
    ):
        print("$", " ".join(command), flush=True)
        subprocess.run(command, env=surroundings, stdout=subprocess.DEVNULL, check=False)


def _demoted() -> dict[str, object]:
    """PostgreSQL refuses to run as root: nobody runs it then."""
    if os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": "nogroup", "extra_groups": []}


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="portal-", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            shutil.chown(name, UNPRIVILEGED, "nogroup")
        yield Path(name)


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, cwd="/", check=False, **_demoted())
    if done.returncode:
        raise Missing(f"{words[0]} failed: {done.stderr.strip()}")


@contextmanager
def _server(command: list[object], log: Path, stop: signal.Signals) -> Iterator[None]:
    words = [str(word) for word in command]
    with log.open("wb") as output:
        server = subprocess.Popen(
            words,
            stdout=output,
            stderr=output,
            cwd="/",
            # Ctrl-C belongs to the run, which then ends its servers in order.
            start_new_session=True,
            **_demoted(),
        )
    try:
        yield
    finally:
        server.send_signal(stop)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(answers, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            answers()
            return
        except Exception as error:
            if time.monotonic() > deadline:
                raise Missing(log.read_text(errors="replace")) from error
            time.sleep(0.05)


FOUND = {
    "postgresql": lambda: bool(os.environ.get("DATABASE_URL") or _postgresql_programs()),
    "redis": lambda: bool(os.environ.get("REDIS_URL") or shutil.which("redis-server")),
    "shell": lambda: bool(os.environ.get("CHROMIUM") or shutil.which(PACKAGES["shell"])),
    "chromium": lambda: bool(chromium()),
    "font": _has_chinese,
}
