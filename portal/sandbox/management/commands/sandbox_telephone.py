from __future__ import annotations

from typing import Any

from portal.sandbox.playing import SandboxCommand
from portal.sandbox.serving import Server
from portal.sandbox.telephone import open_line


class Command(SandboxCommand):
    help = "An SMS gateway whose telephones are a web page."
    usual_port = 8091

    def server(self, **options: Any) -> Server:
        return open_line(options["port"], options["data"])
