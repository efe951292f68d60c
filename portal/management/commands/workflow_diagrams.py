from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal import diagrams


class Command(BaseCommand):
    """One picture a workflow, drawn from the tables that the portal walks."""

    help = "Write docs/workflows/*.md from the tables of transitions."

    def handle(self, *args: Any, **options: Any) -> None:
        diagrams.FOLDER.mkdir(exist_ok=True)
        for path, text in diagrams.pages().items():
            path.write_text(text, encoding="utf-8")
            self.stdout.write(str(path))
