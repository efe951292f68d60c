"""The portal on its socket: in this process with worker and clock, or in several processes."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable

import django

BACKLOG = 1024
WORKER_THREADS = 4
WORKER = (
    "--app=portal.celery", "worker", "--pool=threads", f"--concurrency={WORKER_THREADS}",
    "--loglevel=WARNING", "--without-mingle", "--without-gossip",
)  # fmt: skip
BEAT = (
    "--app=portal.celery", "beat", "--loglevel=WARNING", "--pidfile=",
    "--scheduler=celery.beat:Scheduler",
)  # fmt: skip


class PortTaken(Exception):
    """Another program already listens there."""


def listen(port: int) -> socket.socket:
    """A listening socket that every web process shares. Raises PortTaken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise PortTaken(port) from error
    listener.listen(BACKLOG)
    listener.setblocking(False)
    listener.set_inheritable(True)
    return listener


def web(descriptor: int, ready: Callable[[], object] = lambda: None) -> None:
    """Serve pages and sockets from this process until it is told to stop."""
    django.setup()
    from portal.asgi import application
    from portal.embedded.receiving import Server

    Server(
        application=application,
        endpoints=[f"fd:fileno={descriptor}"],
        ready_callable=ready,
        verbosity=1,
    ).run()


class Clock:
    """The worker and its clock as threads of this process, for a portal without Redis."""

    def __init__(self) -> None:
        from celery.beat import EmbeddedService, Scheduler
        from celery.worker import WorkController

        from portal.celery import app

        logging.getLogger("celery").setLevel(logging.WARNING)
        app.finalize()
        self._worker = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=WORKER_THREADS,
            hostname="embedded",
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self._beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)

    def start(self) -> None:
        from portal.tasks import heartbeat

        threading.Thread(target=self._worker.start, name="worker", daemon=True).start()
        self._beat.start()
        heartbeat.delay()

    def stop(self) -> None:
        self._beat.stop()
        self._worker.stop()
