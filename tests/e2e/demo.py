"""The real demo as a process of its own, for plays: what users run is what is played."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from redis import Redis

from tests.e2e.stagehand import OUTSIDE, Stagehand
from tests.servers import database, free_port

ROOT = Path(__file__).resolve().parents[2]
MADE_FOR_TESTS = (
    "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "JOURNAL_KEY", "TESTING", "SANDBOX",
    "DJANGO_SETTINGS_MODULE", "DATA_DIR",
)  # fmt: skip
READY_WITHIN_S = 240
STOPPED_WITHIN_S = 60
KNOWN_WITHIN_S = 40.0  # the clocks of the portal look every ten or twenty seconds


class Demo:
    """One running demo on its own data folder and port."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.base_url = f"http://127.0.0.1:{free_port()}"
        self.log = folder / "demo.log"
        kept = {name: word for name, word in os.environ.items() if name not in MADE_FOR_TESTS}
        self.environment = {
            **kept,
            "DATA_DIR": str(folder / "data"),
            "PORT": self.base_url.rpartition(":")[2],
            "PYTHONUNBUFFERED": "1",
            # Demos that start side by side would else look at the same usual ports.
            **{name: str(free_port()) for name in OUTSIDE},
            **({"DATABASE_URL": database_url} if database_url else {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.stagehand = Stagehand(self.environment)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait()

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        assert self.process is not None
        self.stagehand.leave()
        self.process.send_signal(with_signal)
        self.process.wait(STOPPED_WITHIN_S)

    def command(self, *words: str) -> str:
        """Run a management command beside the demo and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stderr[-2000:]}"
        return done.stdout

    def ask(self, *words: str) -> str:
        """The same by a process that has loaded everything already: what it says is the point."""
        return self.stagehand.command(*words)

    def scene(self, name: str) -> dict:
        """As `manage.py scene` builds it, by one process that has loaded everything already."""
        return self.stagehand.build(name)

    def eventually(
        self, found: Callable[[], Any], what: str, within_s: float = KNOWN_WITHIN_S
    ) -> Any:
        """Ask about the outside world until it has an answer; what never comes fails the play."""
        deadline = time.monotonic() + within_s
        while not (told := found()):
            assert time.monotonic() < deadline, f"Not within {within_s} s: {what}\n{self.tail()}"
            time.sleep(0.2)
        return told

    def let(self, deed: str, *words: str) -> Any:
        """Something no page can do happens: see `tests.e2e.deeds`."""
        return self.stagehand.do(deed, *words)

    def hospital(self, command: str, **words: Any) -> Any:
        """What the hospital's side is told (`trouble=…`, `add-allergy`), or shows (`received`)."""
        url = f"{self.outside['HIS_BASE_URL'].removesuffix('/fhir')}/_sandbox/{command}"
        return self.post_json(url, words) if words else self.get_json(url)

    def get_json(self, url: str):
        with urlopen(url, timeout=10) as answer:
            return json.load(answer)

    def post_json(self, url: str, body: dict):
        request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)

    @property
    def outside(self) -> dict[str, str]:
        """Where the demo found its hospital and its telephone."""
        told = json.loads((self.folder / "data" / "demo.json").read_text())
        return told["environment"]

    def messages_to(self, phone: str) -> list[dict]:
        return self.get_json(f"{self.outside['SMS_GATEWAY_URL']}?to={quote(phone)}")

    def newest_code(self, phone: str, *, besides: int = 0) -> str:
        """The six digits of the newest message, once there are more than `besides` messages."""

        def told() -> list[str]:
            rows = self.messages_to(phone)
            return [row["text"] for row in rows] if len(rows) > besides else []

        texts = self.eventually(told, f"a message to {phone}")
        found = [re.search(r"\b(\d{6})\b", text) for text in texts]
        return next(match[1] for match in found if match)  # newest first

    def members(self) -> list[int]:
        """Every process of the demo's group that still lives."""
        assert self.process is not None
        listed = subprocess.run(
            ["ps", "-o", "pid=", "-g", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in listed.stdout.split()]

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-40:]
        return "\n".join(line[:300] for line in lines)

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.tail()
            try:
                told = self.get_json(f"{self.base_url}/readyz")
            except (URLError, ConnectionError, TimeoutError):
                told = {"parts": {"worker": {"state": "down"}}}
            if told["parts"]["worker"]["state"] == "ok":
                return
            time.sleep(0.2)
        raise AssertionError(self.tail())


@contextmanager
def running(folder: Path):
    """A demo on data of its own; on a server, on a database and a news channel of its own."""
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL", "")
        url = ""
        if server.startswith("postgres"):
            url = stack.enter_context(database(server, f"play_{uuid.uuid4().hex[:12]}"))
            Redis.from_url(os.environ["REDIS_URL"]).flushall()
        demo = Demo(folder, url)
        try:
            demo.start()
            yield demo
        finally:
            if demo.process and demo.process.poll() is None:
                demo.stop()
