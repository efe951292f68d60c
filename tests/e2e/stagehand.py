"""Builds scenes and lets time pass, in one process beside a demo that has loaded the portal."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

OUTSIDE = ("SANDBOX_HIS_PORT", "SANDBOX_TELEPHONE_PORT", "SANDBOX_CASHIER_PORT")
ROOT = Path(__file__).resolve().parents[2]


class Stagehand:
    """Started by the first scene; ended with the demo it works beside."""

    def __init__(self, environment: dict[str, str]) -> None:
        # The demo told where its outside world is; named here, each scene would start one more.
        kept = {name: word for name, word in environment.items() if name not in OUTSIDE}
        self.environment = {**kept, "DJANGO_SETTINGS_MODULE": "portal.settings"}
        self._process: subprocess.Popen[str] | None = None

    def build(self, name: str) -> dict:
        return self._do("scene", name)

    def do(self, deed: str, *words: str) -> Any:
        """One of the deeds of `tests.e2e.deeds`."""
        return self._do("deed", deed, *words)

    def command(self, *words: str) -> str:
        """What a management command prints, without the seconds that a process of its own costs."""
        printed: str = self._do("command", *words)
        return printed

    def _do(self, *words: str) -> Any:
        process = self._process = self._process or self._called()
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(words) + "\n")
        process.stdin.flush()
        told = json.loads(process.stdout.readline() or '{"error": "the stagehand has left"}')
        assert "error" not in told, f"{words}: {told['error']}"
        return told["done"]

    def leave(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _called(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.stagehand"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def main() -> None:
    import django

    django.setup()
    from tests.e2e import deeds

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a scene prints is no answer
    for line in sys.stdin:
        kind, name, *words = json.loads(line)
        try:
            told = {"done": _done(deeds, kind, name, words)}
        except Exception:
            told = {"error": traceback.format_exc()[-3000:]}
        print(json.dumps(told), file=answers, flush=True)


def _done(deeds: Any, kind: str, name: str, words: list[str]) -> Any:
    if kind == "deed":
        return getattr(deeds, name)(*words)
    if kind == "command":
        from django.core.management import call_command

        printed = io.StringIO()
        call_command(name, *words, stdout=printed)
        return printed.getvalue()
    from portal.embedded import staging

    return staging.stage(name)


if __name__ == "__main__":
    main()
