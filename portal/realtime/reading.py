"""Database reads of the socket: a few threads of their own with lasting connections.

Channels' own `database_sync_to_async` would queue every socket of the process behind one thread.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

Result = TypeVar("Result")
logger = logging.getLogger(__name__)
THREADS = 4
ASKED_AFTER_S = 5  # a connection that was quiet for so long is asked whether it still stands
_threads = ThreadPoolExecutor(THREADS, "live-read")
_last = threading.local()


async def run(deed: Callable[..., Result], *args: Any) -> Result:
    """Call `deed` in a reading thread. Raises what it raises."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _work, deed, *args)


def _work(deed: Callable[..., Result], *args: Any) -> Result:
    now = time.monotonic()
    if now - getattr(_last, "use", 0.0) > ASKED_AFTER_S:
        close_old_connections()
    _last.use = now
    try:
        return deed(*args)
    except (DatabaseError, InterfaceError):
        connections.close_all()
        raise


def stop() -> None:
    """Close the threads' connections (tests; a database that is about to be dropped)."""
    global _threads
    old, _threads = _threads, ThreadPoolExecutor(THREADS, "live-read")
    together = threading.Barrier(THREADS)  # so that every thread gets one
    for _each in range(THREADS):
        old.submit(_end, together)
    old.shutdown(wait=True)


def _end(together: threading.Barrier) -> None:
    together.wait()
    connections.close_all()
