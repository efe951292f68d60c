"""The tables of the invented world, kept as text files beside the code."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "data"


def table(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row of the table with the word it is known by."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row.pop("key"), row
