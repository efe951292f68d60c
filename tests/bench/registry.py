"""The measures of the bench: each a ratio of two things measured in turns, beside its target."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from tests.bench.ground import Ground

ROUNDS = 5
MEASURES: dict[str, Measure] = {}


@dataclass(frozen=True)
class Result:
    """What was seen: the ratio of each round, and what the two sides did."""

    ratios: list[float]
    ours: str
    other: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return median(self.ratios)


@dataclass(frozen=True)
class Measure:
    """One line of the table of performance.md."""

    key: str
    title: str
    target: float
    at_least: bool
    run: Callable[[Ground], Result]

    def holds(self, result: Result) -> bool:
        if self.at_least:
            return result.ratio >= self.target
        return result.ratio <= self.target

    def as_json(self, result: Result) -> dict[str, Any]:
        return {
            "title": self.title,
            "target": f"{'≥' if self.at_least else '≤'} {self.target}",
            "ratio": round(result.ratio, 3),
            "holds": self.holds(result),
            **asdict(result),
        }


def measure(key: str, title: str, *, at_least: float = 0, at_most: float = 0):
    """Register a function that takes the ground and returns a Result."""

    def register(run: Callable[[Ground], Result]) -> Callable[[Ground], Result]:
        MEASURES[key] = Measure(key, title, at_least or at_most, bool(at_least), run)
        return run

    return register


def in_turns(
    ours: Callable[[], float], other: Callable[[], float], rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Both sides one after the other, as often as asked; who begins changes every round."""
    mine, theirs = [], []
    for turn in range(rounds):
        sides = [(ours, mine), (other, theirs)]
        for side, seen in sides if turn % 2 else reversed(sides):
            seen.append(side())
    return mine, theirs


def result_of(
    mine: Iterable[float], theirs: Iterable[float], unit: str, names: tuple[str, str], **detail: Any
) -> Result:
    mine, theirs = list(mine), list(theirs)
    return Result(
        [round(a / b, 3) for a, b in zip(mine, theirs, strict=True)],
        f"{names[0]}: {median(mine):,.3g} {unit}",
        f"{names[1]}: {median(theirs):,.3g} {unit}",
        {names[0]: [round(x, 4) for x in mine], names[1]: [round(x, 4) for x in theirs], **detail},
    )
