from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.embedded import running


class Command(BaseCommand):
    """The whole portal with an invented hospital and telephone, for one machine."""

    help = "Run the portal with its sandbox outside world (simulated, not for patients)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="forget all data first, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["reset"]:
                running.reset()
            else:
                running.run(self._say)
        except running.CannotStart as reason:
            raise CommandError(str(reason)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
