"""The sandbox outside world: the hospital, the telephone and the cashier as own processes."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.urls import reverse

from portal.embedded.family import Family

UP_WITHIN_S = 30.0


def start(family: Family) -> None:
    """Start each part that the environment does not place elsewhere."""
    for command, port, more in _parts():
        if place := os.environ.get(port):
            _start(family, command, place, *more)


@contextmanager
def hospital() -> Iterator[None]:
    """The sandbox hospital for as long as a scene is built, where no demo runs it."""
    place = os.environ.get("SANDBOX_HIS_PORT")
    if place is None:
        yield
        return
    family = Family(say=lambda line: None)
    _start(family, "sandbox_his", place)
    try:
        _wait(int(place))
        yield
    finally:
        family.end()


def _parts() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    webhook = settings.BASE_URL + reverse("payment:webhook")
    secret = next(iter(settings.STRIPE_WEBHOOK_SECRETS), "")
    return (
        ("sandbox_his", "SANDBOX_HIS_PORT", ()),
        ("sandbox_telephone", "SANDBOX_TELEPHONE_PORT", ()),
        ("sandbox_cashier", "SANDBOX_CASHIER_PORT", ("--webhook", webhook, "--secret", secret)),
    )


def _start(family: Family, command: str, place: str, *more: str) -> None:
    folder = settings.DATA_DIR / command
    folder.mkdir(parents=True, exist_ok=True)
    family.start(command, command, "--port", place, "--data", str(folder), *more)


def _wait(port: int) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
