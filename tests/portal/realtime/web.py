"""A web process under test: `python -m tests.portal.realtime.web PORT`.

Two things are made worse than they are, so that a fault has the time to show itself: COMMIT_PAUSE
holds every COMMIT back, and REDIS_TIMEOUT is what the library would end an idle line after.
"""

from __future__ import annotations

import os
import sys
import time

import django

django.setup()

from django.db.backends.postgresql.base import DatabaseWrapper
from redis.asyncio.connection import AbstractConnection

from portal.asgi import application
from portal.embedded.receiving import Server

PAUSE = float(os.environ.get("COMMIT_PAUSE", "0"))


def hold_commits_back():
    commit = DatabaseWrapper._commit

    def late(self):
        time.sleep(PAUSE)
        return commit(self)

    DatabaseWrapper._commit = late


def end_idle_lines_soon(seconds):
    """As redis-py does after 5 s, wherever our own code does not forbid it."""
    start = AbstractConnection.__init__

    def started(self, *args, **kwargs):
        kwargs.setdefault("socket_timeout", seconds)
        start(self, *args, **kwargs)

    AbstractConnection.__init__ = started


if __name__ == "__main__":
    if PAUSE:
        hold_commits_back()
    end_idle_lines_soon(float(os.environ.get("REDIS_TIMEOUT", "5")))
    endpoint = f"tcp:port={sys.argv[1]}:interface=127.0.0.1"
    Server(application, endpoints=[endpoint], verbosity=1).run()
