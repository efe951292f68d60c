from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.embedded import serving


class Command(BaseCommand):
    """One web process of the portal, for the proxy in front of it."""

    help = "Serve pages and sockets on 127.0.0.1 until told to stop; one process a core."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8001)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        try:
            listener = serving.listen(port)
        except serving.PortTaken:
            raise CommandError(f"Port {port} is taken by another program.") from None
        with listener:
            serving.web(listener.fileno())
