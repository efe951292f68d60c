"""Everything a portal needs before it opens: tables, words, medicines, people, static files."""

from __future__ import annotations

import contextlib
import hashlib
import io
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from portal import catalogue
from portal.embedded import lock
from portal.sandbox import cast


class OtherHistory(Exception):
    """The tables were begun by a version whose migrations are no longer here."""


def prepare() -> None:
    """Lay the foundation, or find it laid; safe to repeat and safe beside a second command.

    Raises OtherHistory before it touches data that this version cannot bring up to date.
    """
    with lock.turn(), contextlib.redirect_stdout(io.StringIO()):
        if has_other_history():
            raise OtherHistory
        catalogue.compile_all()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_terminology", verbosity=0)
        call_command("load_consent_texts", verbosity=0)
        cast.seed()


def has_other_history() -> bool:
    """Whether the database has gone through migrations that this version does not know."""
    loader = MigrationLoader(connection)
    return not loader.applied_migrations.keys() <= loader.disk_migrations.keys()


def collect_static() -> None:
    """Copy, hash and compress the static files when any of them changed."""
    stamp = settings.DATA_DIR / "static.stamp"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now, encoding="utf-8")


def _fingerprint() -> str:
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()
