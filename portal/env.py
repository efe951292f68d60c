"""Settings come from the environment; the embedded default keeps its own in the data folder.

Without SECRET_KEY in the environment the portal reads `DATA_DIR/portal.env`, which only
`manage.py demo`, `scene` and the sandbox commands write. A server that has neither refuses to
start.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import socket
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", ROOT / ".data")).resolve()
EMBEDDED_COMMANDS = {"demo", "scene", "sandbox_his", "sandbox_telephone", "sandbox_cashier"}
OUTSIDE_WORLD = (
    ("HIS_BASE_URL", "SANDBOX_HIS_PORT", 8090, "fhir"),
    ("SMS_GATEWAY_URL", "SANDBOX_TELEPHONE_PORT", 8091, "messages"),
    ("RELAY_BASE_URL", "SANDBOX_TELEPHONE_PORT", 8091, "relays"),
    ("STRIPE_API_BASE", "SANDBOX_CASHIER_PORT", 8092, ""),
)


def text(name: str, default: str | None = None) -> str:
    """The setting as text; also from the file named by NAME_FILE (a mounted secret)."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} in the environment, or use `make run`.")
    return value


def flag(name: str, default: bool = False) -> bool:
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    return int(text(name, str(default)))


def words(name: str, default: str = "") -> list[str]:
    return [word for word in text(name, default).replace(",", " ").split() if word]


def embed() -> None:
    """Fill what the environment leaves out from the data folder's own files."""
    command = sys.argv[1] if len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") else ""
    if command != "demo" and _demo_runs():
        _read_running_demo()
    elif command in ("demo", "scene"):
        _place_outside_world()
    if "SECRET_KEY" in os.environ or "SECRET_KEY_FILE" in os.environ:
        return
    file = DATA_DIR / "portal.env"
    if not file.exists() and command in EMBEDDED_COMMANDS:
        _write_embedded(file)
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)


def _place_outside_world() -> None:
    """Give the sandbox world free ports, where the environment names no real one."""
    for setting, sandbox, port, path in OUTSIDE_WORLD:
        if setting not in os.environ:
            place = int(os.environ.get(sandbox) or _free_port(port))
            os.environ[sandbox] = str(place)
            os.environ[setting] = f"http://127.0.0.1:{place}/{path}".rstrip("/")


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ImproperlyConfigured("No free port on 127.0.0.1.")


def _demo_runs() -> bool:
    """Whether a demo holds this data folder now; its own processes need not ask."""
    lock = DATA_DIR / "demo.lock"
    if not (DATA_DIR / "demo.json").exists() or not lock.exists():
        return False
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _read_running_demo() -> None:
    """A command beside a running demo works on the demo's database and outside world."""
    told = json.loads((DATA_DIR / "demo.json").read_text(encoding="utf-8"))
    for name, value in told["environment"].items():
        os.environ.setdefault(name, value)


def _write_embedded(file: Path) -> None:
    keys = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": "1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "BLIND_INDEX_KEY": secrets.token_urlsafe(32),
        "JOURNAL_KEY": secrets.token_urlsafe(32),
        "STRIPE_API_KEY": "sk_test_" + secrets.token_hex(12),
        "STRIPE_WEBHOOK_SECRETS": "whsec_" + secrets.token_hex(16),
        "SANDBOX": "1",
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in keys.items()), encoding="utf-8")
