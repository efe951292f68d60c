from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.payment import reconciling


class Command(BaseCommand):
    help = "Print the money of every invoice: owed, captured, refunded, receipts (minor units)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        books, totals = reconciling.books(), reconciling.totals()
        if options["json"]:
            self.stdout.write(json.dumps({"invoices": books, "totals": totals}, indent=2))
            return
        for row in books:
            sums = f"{row['owed']:>10} {row['captured']:>10} {row['refunded']:>10}"
            self.stdout.write(f"{row['invoice']} {row['status']:<10} {sums} {row['currency']}")
        self.stdout.write(f"totals: {totals}")
