"""`make test`: everything, on both databases, with a real browser; one line at the end.

Parts run side by side, one more than there are cores: a play waits more than it works. Plays go
first, since their people have only so much patience; the rest takes what they leave. Each part
writes its output to `test-results/`, shown only when it fails.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "test-results"
BIN = Path(sys.executable).parent
ALLOW_SKIPS = os.environ.get("ALLOW_SKIPS") == "1"
PYTEST = [
    sys.executable,
    "-m",
    "pytest",
    "-q",
    "--no-header",
    "--tb=short",
    "-p",
    "no:cacheprovider",
]
CORES = os.cpu_count() or 2
LANES = CORES + 1 if CORES < 4 else CORES // 2 + 1
LINES_SHOWN = 60
EVERY_PAGE = "tests/e2e/front/test_every_page.py"
SEED = os.environ.get("SEED") or str(time.time_ns() % 100_000)
AFTER_THE_PLAYS = ["nice", "-n", "10"]


@dataclass
class Part:
    """One command of the run, and what came of it."""

    name: str
    command: list[str]
    surroundings: dict[str, str] = field(default_factory=dict)
    is_pytest: bool = False
    is_play: bool = False
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    processor: float = 0.0  # seconds of it, with all processes that the part has seen end

    @property
    def log(self) -> Path:
        return RESULTS / f"{self.name}.log"

    @property
    def report(self) -> Path:
        return RESULTS / f"{self.name}.xml"


class Run:
    """The parts under way, so that all of them can be ended."""

    def __init__(self) -> None:
        self._under_way: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def do(self, part: Part) -> Part:
        began = time.monotonic()
        code = self._code(part)
        part.seconds = time.monotonic() - began
        _count(part, code)
        print(_line(part), flush=True)
        if part.failed:
            print(_what_failed(part), flush=True)
        return part

    def end(self) -> None:
        with self._lock:
            self._stopping = True
            for process in self._under_way:
                os.killpg(process.pid, signal.SIGTERM)

    def _code(self, part: Part) -> int:
        with part.log.open("wb") as output:
            with self._lock:
                if self._stopping:
                    return 1
                process = subprocess.Popen(
                    part.command if part.is_play else [*AFTER_THE_PLAYS, *part.command],
                    cwd=ROOT,
                    env={**os.environ, **part.surroundings},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                self._under_way.add(process)
            _pid, status, used = os.wait4(process.pid, 0)
            code = process.returncode = os.waitstatus_to_exitcode(status)
            part.processor = used.ru_utime + used.ru_stime
            with self._lock:
                self._under_way.discard(process)
            return code


def main() -> int:
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    RESULTS.mkdir(exist_ok=True)
    try:
        _prepare()
        with _surroundings() as (suite, plays):
            parts = _run_all(_parts(suite, plays))
    except servers.Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return _sum_up(parts, time.monotonic() - began)


def _prepare() -> None:
    try:
        servers.prepare()
    except servers.Missing:
        if not ALLOW_SKIPS:
            raise


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _surroundings() -> Iterator[tuple[dict[str, str] | None, dict[str, str] | None]]:
    """What the suite and the plays on real servers find in their environment."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(servers.postgresql())
            news = stack.enter_context(servers.redis())
            plays_news = stack.enter_context(servers.redis())
            plays = stack.enter_context(servers.database(server, "portal_plays"))
        except servers.Missing:
            if not ALLOW_SKIPS:
                raise
            yield None, None
        else:
            yield (
                {"DATABASE_URL": server, "REDIS_URL": news},
                {"DATABASE_URL": plays, "REDIS_URL": plays_news, "WEB_PROCESSES": "2"},
            )


def _parts(suite: dict[str, str] | None, plays: dict[str, str] | None) -> list[Part]:
    """Longest first, so that the cores finish together."""
    embedded = {"DATABASE_URL": "sqlite://", "REDIS_URL": ""}
    browser = servers.chromium()
    parts = []
    if browser:
        watched = {"CHROMIUM": browser, "REDIS_URL": ""}
        parts.append(_pytest("plays-embedded", "play", watched))
    if suite:
        parts.append(_pytest("suite-postgresql", "not play and not browser", suite))
    alone = "not play and not browser and not postgresql"
    parts.append(_pytest("suite-sqlite", alone, embedded))
    if browser:
        parts.append(_pytest("pages", "browser", watched, EVERY_PAGE))
        parts.append(_pytest("browser", "browser", watched, f"--ignore={EVERY_PAGE}"))
        if plays:
            all_of_them = os.environ.get("PLAYS_ON_SERVERS") == "1"  # `make plays`
            marks = "play" if all_of_them else "play and servers"
            parts.append(_pytest("plays-servers", marks, {"CHROMIUM": browser, **plays}))
    return parts + _checks()


def _pytest(name: str, marks: str, surroundings: dict[str, str], *which: str) -> Part:
    spread = ["-n", str(CORES // 2)] if CORES >= 4 and "suite" in name else []
    command = [*PYTEST, "-m", marks, *which, *spread, *_order(name)]
    part = Part(name, command, surroundings, is_pytest=True, is_play=marks.startswith("play"))
    part.command.append(f"--junitxml={part.report}")
    return part


def _order(name: str) -> list[str]:
    """Any order, the same again with SEED=…; plays share one demo: `make plays` shuffles them."""
    return ["-p", "no:randomly"] if name == "plays-embedded" else [f"--randomly-seed={SEED}"]


def _checks() -> list[Part]:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    manage = [sys.executable, "manage.py"]
    return [
        Part("types", [str(BIN / "mypy"), "."]),
        Part("imports", [str(BIN / "lint-imports")]),
        Part("lint", [str(BIN / "ruff"), "check", "."]),
        Part("format", [str(BIN / "ruff"), "format", "--check", "."]),
        Part("migrations", [*manage, "makemigrations", "--check", "--dry-run"], settings),
        Part("checks", [*manage, "check", "--fail-level", "WARNING"], settings),
    ]


def _run_all(parts: list[Part]) -> list[Part]:
    run = Run()
    with ThreadPoolExecutor(max_workers=LANES) as lanes:
        under_way = [lanes.submit(run.do, part) for part in parts]
        try:
            return [future.result() for future in under_way]
        except KeyboardInterrupt:
            run.end()
            raise


def _count(part: Part, code: int) -> None:
    if part.is_pytest and part.report.exists():
        for suite in ElementTree.parse(part.report).iter("testsuite"):
            total, failed, skipped = (
                int(suite.get(name, 0)) for name in ("tests", "failures", "skipped")
            )
            failed += int(suite.get("errors", 0))
            part.passed += total - failed - skipped
            part.failed += failed
            part.skipped += skipped
    elif not part.is_pytest:
        part.passed = int(code == 0)
    if code and not part.failed:
        part.failed = 1


def _line(part: Part) -> str:
    mark = "FAIL" if part.failed or (part.skipped and not ALLOW_SKIPS) else "ok"
    skipped = f", {part.skipped} skipped" if part.skipped else ""
    return (
        f"{mark:<5}{part.name:<18}{part.passed:>5} passed, {part.failed} failed{skipped}"
        f"  ({part.seconds:.0f} s, {part.processor:.0f} s of processor)"
    )


def _what_failed(part: Part) -> str:
    """The end of a check's log; of a suite each failed test in a line, and the first one whole."""
    cases = list(_failed_cases(part)) if part.is_pytest and part.report.exists() else []
    if not cases:
        return "\n".join(part.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:])
    listed = [f"     {name}: {said.splitlines()[0][:200]}" for name, said, _whole in cases]
    return "\n".join([*listed, *cases[0][2].splitlines()[-LINES_SHOWN:]])


def _failed_cases(part: Part) -> Iterator[tuple[str, str, str]]:
    for case in ElementTree.parse(part.report).iter("testcase"):
        for fault in (*case.findall("failure"), *case.findall("error")):
            name = f"{case.get('classname')}::{case.get('name')}"
            yield name, fault.get("message") or "-", fault.text or ""


def _sum_up(parts: list[Part], seconds: float) -> int:
    passed, failed, skipped = (
        sum(getattr(part, name) for part in parts) for name in ("passed", "failed", "skipped")
    )
    if skipped and not ALLOW_SKIPS:
        print(f"{skipped} skipped: nothing may be skipped without ALLOW_SKIPS=1")
        failed += skipped
    ratio = seconds / max(sum(part.processor for part in parts), 1)
    told = (
        f"in {seconds:.0f} s, {ratio:.2f} of the processor (SEED={SEED}, logs in {RESULTS.name}/)"
    )
    print(f"{passed} passed, {failed} failed {told}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
