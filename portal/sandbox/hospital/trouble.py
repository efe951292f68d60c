"""The ways in which real hospital systems fail, each behind a switch."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from typing import Any

DOWN = ("", "503", "closed")
TAKEN = (409, 412, 422)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the hospital right now; the default is nothing."""

    latency_ms: int = 0
    error_rate: float = 0.0
    down: str = ""
    retry_after_s: int = 0
    lose_answer: bool = False
    trickle_ms: int = 0
    empty_body: bool = False
    login_page: bool = False
    whole_seconds: bool = False
    uuid_versions: bool = False
    ignore_if_match: bool = False
    ignore_if_none_exist: bool = False
    taken_status: int = 409
    require_token: str = ""
    only: str = ""


LIMITS = {"latency_ms": 60_000, "trickle_ms": 60_000, "retry_after_s": 3_600, "error_rate": 1}


class Switchboard:
    """The switches, thrown by people and read by every request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.state = Trouble()

    def throw(self, wanted: dict[str, Any]) -> Trouble:
        """Change some switches. Raises ValueError with a sentence and changes nothing."""
        with self._lock:
            clean = {name: _checked(name, value) for name, value in wanted.items()}
            self.state = replace(self.state, **clean)
            return self.state

    def heal(self) -> Trouble:
        with self._lock:
            self.state = Trouble()
            return self.state

    def shown(self) -> dict[str, Any]:
        return asdict(self.state)


TYPES: dict[str, Any] = {name: type(value) for name, value in asdict(Trouble()).items()}


def _checked(name: str, value: Any) -> Any:
    wanted = TYPES.get(name)
    if wanted is None:
        raise ValueError(f"There is no switch {name[:60]!r}.")
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise ValueError(f"{name} must be of type {wanted.__name__}.")
    if name in LIMITS and not 0 <= value <= LIMITS[name]:
        raise ValueError(f"{name} must lie between 0 and {LIMITS[name]}.")
    if (name == "down" and value not in DOWN) or (name == "taken_status" and value not in TAKEN):
        raise ValueError(f"{name} must be one of {DOWN if name == 'down' else TAKEN}.")
    if isinstance(value, str) and len(value) > 200:
        raise ValueError(f"{name} is too long.")
    return value
