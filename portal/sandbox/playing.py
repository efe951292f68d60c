"""What both commands of the outside world share: never in production, one clear line on trouble."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.sandbox.serving import PortTaken, Server, run


class SandboxCommand(BaseCommand, ABC):
    """Serves until it is interrupted or its parent is gone."""

    requires_system_checks: list[str] = []
    usual_port: int

    def add_arguments(self, parser: ArgumentParser) -> None:
        own = settings.DATA_DIR / self.__module__.rpartition(".")[2]
        parser.add_argument("--port", type=int, default=self.usual_port)
        parser.add_argument(
            "--data", type=Path, default=own, help="the folder it keeps its data in"
        )
        parser.add_argument("--parent-pid", type=int, help="end when this process is gone")

    @abstractmethod
    def server(self, **options: Any) -> Server:
        """What listens on the port."""

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("The sandbox does not start with production settings.")
        if not 0 <= options["port"] <= 65535:
            raise CommandError("A port lies between 0 and 65535.")
        try:
            server = self.server(**options)
        except PortTaken as error:
            raise CommandError(str(error)) from error
        signal.signal(signal.SIGTERM, _interrupted)
        try:
            run(server, options["parent_pid"])
        except KeyboardInterrupt:
            return


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
