"""How a body reacted, in words: an allergy, something badly borne, or no medicine at all."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from portal.terminology.words import Vocabulary

DATA = Path(__file__).parent / "data" / "reactions.csv"
BADLY_BORNE, IMMUNE, NO_MEDICINE = "badly-borne", "immune", "no-medicine"


@lru_cache(maxsize=4096)
def kinds(text: str) -> frozenset[str]:
    """The kinds of reaction or cause that a text names."""
    return _words().find(text)


@lru_cache(maxsize=1)
def _words() -> Vocabulary:
    words = Vocabulary()
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words.add(row["words"].split(";"), (row["kind"],))
    return words
