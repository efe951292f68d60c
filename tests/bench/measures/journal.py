"""P11: what the journal's chain adds to a deed."""

from __future__ import annotations

from tests.bench.ground import Ground
from tests.bench.registry import Result, measure, result_of


@measure("P11", "arriving in the waiting room, journalled ÷ the same without", at_most=1.3)
def chain(ground: Ground) -> Result:
    seen = ground.told_by("tests.bench.arriving")
    return result_of(seen["with"], seen["without"], "ms", ("with the chain", "without"))
