"""An empty test database with the shipped medicines, made once and copied for every later run.

Only the embedded database rests in a file, so only there a run can begin with a copy. Whatever
could change what is in it (a migration, the shipped data, a package) makes another name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".pytest_cache" / "databases"
MADE_OF = ("*/migrations/*.py", "portal/*/migrations/*.py", "portal/terminology/**/*.*", "*.lock")


def is_embedded() -> bool:
    return connection.vendor == "sqlite"


def lay_out() -> bool:
    """Put a copy where this run expects its database; False when none was made yet."""
    if not (is_embedded() and _rests().exists()):
        return False
    shutil.copyfile(_rests(), _used())
    return True


def keep() -> None:
    """Let the next run begin with what this one has made; none but the newest is kept."""
    if not is_embedded() or _rests().exists():
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    for old in PLACE.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    unfinished = PLACE / f"{os.getpid()}.unfinished"
    with sqlite3.connect(unfinished) as copy:
        connection.cursor()
        connection.connection.backup(copy)
    copy.close()
    unfinished.replace(_rests())


def clear_away() -> None:
    """The copy of this run."""
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{_used()}{ending}").unlink(missing_ok=True)


def _used() -> Path:
    return Path(settings.DATABASES["default"]["TEST"]["NAME"])


def _rests() -> Path:
    mark = hashlib.sha256(sys.version.encode())
    for path in _sources():
        mark.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return PLACE / f"{mark.hexdigest()[:20]}.sqlite3"


def _sources() -> Iterator[Path]:
    for pattern in MADE_OF:
        yield from sorted(path for path in ROOT.glob(pattern) if path.suffix != ".pyc")
