from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.audit import verifying


class Command(BaseCommand):
    """Is every line of the journal still there, unchanged and in its place?"""

    help = "Walk the journal's chains; print the anchors, or the first broken link of each centre."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchors", type=Path, help="anchors printed by an earlier run")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = verifying.breaks(_read(options["anchors"]))
        for link in broken:
            self.stderr.write(f"{link.centre} line {link.sequence}: {link.why}")
        if broken:
            raise CommandError("The journal is not whole.")
        self.stdout.write(json.dumps(verifying.anchors(), indent=1))


def _read(file: Path | None) -> verifying.Anchors:
    if file is None:
        return {}
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {centre: (int(number), str(digest)) for centre, (number, digest) in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CommandError(f"These are not anchors of a journal: {file}") from error
