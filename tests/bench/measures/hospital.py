"""P12: how fast an hour's messages reach the hospital again."""

from __future__ import annotations

from tests.bench.ground import Ground
from tests.bench.registry import Result, measure, result_of


@measure(
    "P12",
    "HIS outbox drain after an outage, notes/s ÷ raw POSTs one after the other to the same sandbox",
    at_least=0.7,
)
def drain(ground: Ground) -> Result:
    """The yardstick is one bare sender; against as many bare senders as lanes stands beside it."""
    seen = ground.told_by("tests.bench.draining")
    parallel = [round(a / b, 3) for a, b in zip(seen["drained"], seen["parallel"], strict=True)]
    return result_of(
        seen["drained"], seen["sequential"], "notes/s", ("outbox", "one bare sender"),
        parallel=[round(one, 4) for one in seen["parallel"]], ratio_to_parallel=parallel,
    )  # fmt: skip
