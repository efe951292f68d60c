from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.terminology import catalogue, parameters


class Command(BaseCommand):
    """Load the shipped medicines, frequency terms and limits; run it as often as you like."""

    help = "Load the shipped medicines, frequency terms and limits."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = catalogue.load()
        parameters.forget()
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
