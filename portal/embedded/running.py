"""`make run`: one command from an empty folder to a portal one can walk through."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from urllib.request import urlopen

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from portal import env
from portal.embedded import banner, lock, outside, preparing, serving
from portal.embedded.family import Family

READY_WITHIN_S = 60.0
MADE_HERE = (
    "portal.sqlite3*", "portal.env", "static", "static.stamp", "media", "sandbox_his",
    "sandbox_telephone", "sandbox_cashier", "demo.json", "setup.lock",
)  # fmt: skip
KEPT_FOR_COMMANDS = (
    "BASE_URL", "DATABASE_URL", "REDIS_URL", "HIS_BASE_URL", "SMS_GATEWAY_URL", "RELAY_BASE_URL",
    "STRIPE_API_BASE", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRETS", "SANDBOX",
)  # fmt: skip

Say = Callable[[str], object]


class CannotStart(Exception):
    """Why the demo does not run, in one line."""


def run(say: Say) -> None:
    """Prepare the data, start everything, serve until stopped, and leave nothing behind."""
    for ending in (signal.SIGTERM, signal.SIGINT):  # a shell's background job ignores SIGINT
        signal.signal(ending, _stop)
    with _data_folder(), _listener() as listener:
        family = Family(say)
        try:
            outside.start(family)
            _tell_commands()
            statics = threading.Thread(target=preparing.collect_static)
            statics.start()
            _lay_the_foundation()
            statics.join()
            _serve(family, listener, say)
        except KeyboardInterrupt:
            say("")
        finally:
            family.end()
            (settings.DATA_DIR / "demo.json").unlink(missing_ok=True)


def reset() -> None:
    """Forget everything in the data folder; refuses while a portal runs on it."""
    if connection.vendor != "sqlite":
        raise CannotStart(_("The data are on the server of DATABASE_URL: start over there."))
    with _data_folder():
        for name in MADE_HERE:
            for path in settings.DATA_DIR.glob(name):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _stop(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _data_folder() -> Iterator[None]:
    if not settings.SANDBOX:
        raise CannotStart(_("The demo needs its sandbox: set SANDBOX=1, never in production."))
    try:
        held = lock.hold()
    except lock.Busy:
        raise CannotStart(
            _("Already running on the data in %(folder)s. Stop it, or set DATA_DIR=.")
            % {"folder": settings.DATA_DIR}
        ) from None
    with held:
        yield


@contextmanager
def _listener() -> Iterator[socket.socket]:
    port = env.number("PORT", 8000)
    try:
        listener = serving.listen(port)
    except serving.PortTaken:
        raise CannotStart(
            _("Port %(port)s is taken by another program. Choose one: make run PORT=8001.")
            % {"port": port}
        ) from None
    with listener:
        yield listener


def _lay_the_foundation() -> None:
    try:
        preparing.prepare()
    except preparing.OtherHistory:
        raise CannotStart(
            _("The data in %(folder)s belong to another version. Run make reset, or set DATA_DIR=.")
            % {"folder": settings.DATA_DIR}
        ) from None


def _tell_commands() -> None:
    """Let `scene` and the other commands find this portal."""
    file = settings.DATA_DIR / "demo.json"
    kept = {name: os.environ[name] for name in KEPT_FOR_COMMANDS if name in os.environ}
    told = {
        "base_url": settings.BASE_URL,
        "pid": os.getpid(),
        "environment": {**kept, "BASE_URL": settings.BASE_URL},
    }
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(told), encoding="utf-8")
    fresh.replace(file)


def _serve(family: Family, listener: socket.socket, say: Say) -> None:
    if not settings.REDIS_URL:
        clock = serving.Clock()
        clock.start()
        serving.web(listener.fileno(), ready=lambda: say(banner.text()))
        clock.stop()
        return
    for number in range(1, env.number("WEB_PROCESSES", 1) + 1):
        descriptor = listener.fileno()
        family.start(f"web-{number}", "web", str(descriptor), pass_fds=(descriptor,))
    family.start("worker", "celery", *serving.WORKER)
    family.start("beat", "celery", *serving.BEAT)
    _wait_until_served()
    say(banner.text())
    threading.Event().wait()


def _wait_until_served() -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    with urlopen(f"{settings.BASE_URL}/healthz", timeout=deadline - time.monotonic()) as answer:
        answer.read()
