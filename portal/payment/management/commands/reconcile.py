from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.payment import reconciling
from portal.payment.gateway import GatewayRefused, GatewayUnavailable


class Command(BaseCommand):
    help = "Compare our books with the cashier's, both ways; every difference is printed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = [reconciling.as_row(found) for found in reconciling.differences()]
        except (GatewayUnavailable, GatewayRefused) as error:
            raise CommandError(f"The cashier does not answer: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps({"differences": rows}, indent=2))
        for row in [] if options["json"] else rows:
            self.stdout.write(
                f"{row['what']} {row['ref']}: "
                f"ours {row['ours_minor']}, theirs {row['theirs_minor']}"
                + (" (under way)" if row["is_under_way"] else "")
            )
        if rows:
            raise CommandError(f"{len(rows)} differences.")
        if not options["json"]:
            self.stdout.write("The books agree.")
