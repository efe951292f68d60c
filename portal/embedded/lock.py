"""One portal at a time on one data folder; the kernel frees the lock when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from portal import env


class Busy(Exception):
    """Somebody else holds this data folder."""


def hold(name: str = "demo.lock") -> TextIO:
    """Take the lock for as long as the returned file stays open. Raises Busy."""
    file = _open(name)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Busy(str(env.DATA_DIR)) from error
    return file


@contextmanager
def turn(name: str = "setup.lock") -> Iterator[None]:
    """Wait for one's turn: two commands never lay the same foundation at once."""
    with _open(name) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open(name: str) -> TextIO:
    path: Path = env.DATA_DIR / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
