from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.workflow import Refused
from refill import recalling


class Command(BaseCommand):
    """Recall a lot, by its number or the code of one of its boxes (R88)."""

    help = "Close every shelf of a lot and tell everybody who received of it; --look only lists."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the number of the lot, or the code of a box")
        parser.add_argument("--by", required=True, help="username of the pharmacist")
        parser.add_argument("--reason", default="", help="why; needed without --look")
        parser.add_argument("--look", action="store_true", help="change and tell nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(
            username=options["by"], role=User.Role.PHARMACIST, is_active=True
        ).first()
        if user is None:
            raise CommandError("--by must name a pharmacist")
        actor, number = Actor.of(user), options["number"]
        told: dict[str, Any] = {"receivers": list(map(asdict, recalling.receivers(actor, number)))}
        if not options["look"]:
            try:
                done = recalling.recall(actor, number, options["reason"])
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            told |= {"shelves": done.shelves, "told": done.told, "to_call": len(done.to_call)}
        self.stdout.write(self._text(told, as_json=options["json"]))

    def _text(self, told: dict[str, Any], *, as_json: bool) -> str:
        if as_json:
            return json.dumps(told, default=str, ensure_ascii=False, indent=1)
        lines = [
            f"{row['patient_name']}  {row['centre']}  {row['medicine']}  {row['lot_number']}"
            f"  {row['boxes']}  {row['status']}"
            for row in told["receivers"]
        ]
        counts = [
            f"{name}: {told[name]}" for name in ("shelves", "told", "to_call") if name in told
        ]
        return "\n".join([*lines, *counts])
