from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import catalogue


class Command(BaseCommand):
    """Sentences and their translations: bring in, compile, and say what is missing."""

    help = "Update and compile the catalogues and list what is not translated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--update", action="store_true", help="bring in new sentences first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["update"]:
            catalogue.update_all()
        catalogue.compile_all()
        for path in catalogue.catalogues():
            missing = catalogue.missing(path)
            self.stdout.write(f"{path.parts[-3]}: {len(missing)} missing")
            for sentence in missing:
                self.stdout.write(f"  {sentence}")
