"""What a safety check says."""

from __future__ import annotations

from dataclasses import dataclass

STOP = "stop"  # no signing, whoever wants it
OVERRIDE = "override"  # signing with a coded reason and words (R81)
SHOW = "show"  # shown, signing goes on
NOTE = "note"  # hidden until asked for
ORDER = (STOP, OVERRIDE, SHOW, NOTE)


@dataclass(frozen=True, slots=True)
class Alert:
    """One finding. `key` stays the same as long as the finding does."""

    rule: str
    key: str
    severity: str
    line: int | None
    text: str
    source: str
    override_needs: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.severity == STOP

    @property
    def wants_a_reason(self) -> bool:
        return self.severity == OVERRIDE
