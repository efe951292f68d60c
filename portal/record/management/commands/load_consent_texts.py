from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.record import consent


class Command(BaseCommand):
    """Add the shipped consent texts; run it as often as you like."""

    help = "Add the shipped consent texts."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new = consent.load()
        except consent.TextChanged as error:
            raise CommandError(f"Give this text a new version instead: {error}") from error
        self.stdout.write(f"{new} new consent texts")
