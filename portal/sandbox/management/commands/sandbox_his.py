from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from portal.sandbox.hospital.door import open_door
from portal.sandbox.hospital.opening import BadFolder
from portal.sandbox.playing import SandboxCommand
from portal.sandbox.serving import Server


class Command(SandboxCommand):
    help = "A hospital information system with invented patients: FHIR R4 and a side to play."
    usual_port = 8090

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--bundles", type=Path, help="also load this folder of R4 bundles")
        start = parser.add_mutually_exclusive_group()
        start.add_argument("--empty", action="store_true", help="no residents, only what is sent")
        start.add_argument(
            "--seed-residents",
            dest="empty",
            action="store_false",
            help="the generated residents (the default)",
        )

    def server(self, **options: Any) -> Server:
        try:
            bundles = options["bundles"]
            folder = bundles.resolve() if bundles else None
            return open_door(options["port"], options["data"], folder, options["empty"])
        except BadFolder as error:
            raise CommandError(str(error)) from error
