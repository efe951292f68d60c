from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from portal.sandbox.cashier.server import Cashier
from portal.sandbox.playing import SandboxCommand
from portal.sandbox.serving import Server


class Command(SandboxCommand):
    help = "A cashier that speaks Stripe's API, with a payment page and trouble switches."
    usual_port = 8092

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--webhook", required=True, help="where its news are sent")
        parser.add_argument("--secret", required=True, help="what its news are signed with")

    def server(self, **options: Any) -> Server:
        cashier = Cashier(options["port"], options["data"], options["webhook"], options["secret"])
        cashier.messenger.start()
        return cashier
