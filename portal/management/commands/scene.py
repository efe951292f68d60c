from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.embedded import staging


class Command(BaseCommand):
    """One named situation on the demo's data, and a signed-in session for everybody."""

    help = "Build a situation and print {base_url, sessions, ids} as JSON (sandbox only)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="one of: " + ", ".join(staging.names()))
        parser.add_argument("--json", action="store_true", help="the only form; kept for clarity")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = staging.build(options["name"])
        except staging.NoSuchScene as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(json.dumps(told, ensure_ascii=False))
