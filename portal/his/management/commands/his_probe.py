from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.his import connecting
from portal.his.errors import HisError
from portal.his.terms import Capabilities


class Command(BaseCommand):
    help = "Print what a HIS can do: what it says, and what it did in our self-test."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="", help="another base address than HIS_BASE_URL")
        parser.add_argument("--read-only", action="store_true", help="no self-test: write nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        url = (options["url"] or settings.HIS_BASE_URL).rstrip("/")
        try:
            seen = connecting.at(url).probe(self_test=not options["read_only"])
        except HisError as error:
            raise CommandError(f"{url}: {type(error).__name__}: {error}") from None
        connecting.remember(url, seen)
        self.stdout.write(_json(url, seen) if options["json"] else _lines(url, seen))


def _json(url: str, seen: Capabilities) -> str:
    flat = {"url": url} | asdict(seen)
    return json.dumps(flat, default=sorted, ensure_ascii=False, indent=1)


def _lines(url: str, seen: Capabilities) -> str:
    yes = {True: "yes", False: "NO", None: "not tried"}
    lines = [
        url,
        f"software            {seen.software} {seen.version}",
        f"types               {', '.join(sorted(seen.types)) or 'not said'}",
        f"booking             {seen.booking}",
        f"conditional create  {yes[seen.conditional_create]}",
        f"stale If-Match      {yes[seen.if_match]}",
        f"transaction         {yes[seen.transaction]}",
        f"$match              {yes[seen.match]}",
        *(f"self-test: {finding}" for finding in seen.findings),
    ]
    return "\n".join(lines)
