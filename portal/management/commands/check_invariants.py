from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import invariants


class Command(BaseCommand):
    """Does everything hold that must always hold?"""

    help = "Print each invariant with its number of breaches; fails when one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = invariants.check()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(answer) for answer in answers]))
        else:
            for answer in answers:
                self.stdout.write(f"{answer.id:<4}{answer.breaches:>6}  {answer.text}")
        if any(answer.breaches for answer in answers):
            raise CommandError("An invariant is broken.")
