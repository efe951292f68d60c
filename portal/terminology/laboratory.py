"""Which laboratory test a reading is, by its LOINC code or its words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from portal.terminology import language
from portal.terminology.words import Vocabulary

DATA = Path(__file__).parent / "data" / "tests.csv"
EGFR_CODES = {
    "33914-3", "48642-3", "48643-1", "62238-1", "69405-9", "77147-7", "98979-8", "50044-7",
    "88293-6", "88294-4",
}  # fmt: skip
EGFR_WORDS = ("egfr", "glomerular filtration", "肾小球滤过率")


@dataclass(frozen=True, slots=True)
class Test:
    """A laboratory test that a medicine asks for (R80)."""

    key: str
    name_en: str
    name_zh: str

    def display(self, reader: str | None = None) -> str:
        return language.pick(self.name_en, self.name_zh, reader)


def named(key: str) -> Test:
    """The test of this key. Raises KeyError."""
    return _tests()[key]


@lru_cache(maxsize=4096)
def of_reading(code: str, text: str) -> frozenset[str]:
    """The keys of the tests that a reading counts for."""
    return _codes().get(code) or _words().find(text)


def is_egfr(code: str, text: str) -> bool:
    """Whether a reading is the kidneys' filtration rate."""
    return code in EGFR_CODES or any(word in text.lower() for word in EGFR_WORDS)


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@lru_cache(maxsize=1)
def _tests() -> dict[str, Test]:
    return {row["test"]: Test(row["test"], row["en"], row["zh"]) for row in _rows()}


@lru_cache(maxsize=1)
def _codes() -> dict[str, frozenset[str]]:
    return {code: frozenset([row["test"]]) for row in _rows() for code in row["loinc"].split()}


@lru_cache(maxsize=1)
def _words() -> Vocabulary:
    words = Vocabulary()
    for row in _rows():
        words.add(row["words"].split(";"), (row["test"],))
    return words
