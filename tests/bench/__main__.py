"""`python -m tests.bench [P1 P4 …]`: measure, print beside the targets, write bench/latest.json."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime

from tests.bench import measures  # noqa: F401
from tests.bench.ground import ROOT, Ground
from tests.bench.registry import MEASURES
from tests.servers import database, postgresql, redis

LATEST = ROOT / "bench" / "latest.json"


def main(chosen: list[str]) -> int:
    """Each measure is written down as soon as it is done; those not chosen keep their figures."""
    failed = False
    with ExitStack() as stack:
        server = stack.enter_context(postgresql(durable=True))
        url = stack.enter_context(database(server, "bench"))
        ground = Ground(url, stack.enter_context(redis()))
        ground.seed(rooms=60, idle=200)
        for key in MEASURES:
            if not chosen or key in chosen:
                ground.sign_in_again()
                line = _run(key, ground)
                failed = failed or "error" in line
                _write(key, line)
    return int(failed)


def _run(key: str, ground: Ground) -> dict[str, object]:
    one = MEASURES[key]
    try:
        result = one.run(ground)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"{key:4} could not be measured: {error!r:.300}", flush=True)
        return {"title": one.title, "holds": False, "error": repr(error)[:300]}
    line = one.as_json(result)
    mark = "holds" if line["holds"] else "MISSES"
    print(f"{key:4} {line['ratio']:>8.2f}  {line['target']:<7} {mark:6}  {one.title}")
    print(f"      {result.ours} · {result.other} · rounds {result.ratios}", flush=True)
    return line


def _write(key: str, line: dict[str, object]) -> None:
    LATEST.parent.mkdir(exist_ok=True)
    seen = json.loads(LATEST.read_text(encoding="utf-8"))["measures"] if LATEST.exists() else {}
    when = datetime.now(UTC).isoformat(timespec="seconds")
    load = [round(one, 1) for one in os.getloadavg()]
    seen[key] = {**line, "when": when, "load_average": load}
    report = {
        "machine": f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
        "measures": {name: seen[name] for name in sorted(seen, key=lambda name: int(name[1:]))},
    }
    LATEST.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
