"""Active substances: their names, ATC codes, allergy classes and interaction tags.

Untidy words of other systems ("Simvastatin 20 MG Oral Tablet", "Allergy to penicillin",
an RxNorm or SNOMED code) are understood here, or not at all; never guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
ATC_SYSTEMS = ("http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73")
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"


@dataclass(frozen=True, slots=True)
class Substance:
    """One active substance."""

    name: str
    name_zh: str
    atc: tuple[str, ...]
    classes: frozenset[str]
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Understood:
    """What a word or code means: substances themselves, or whole classes of them."""

    substances: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    harmless: bool = False  # known, and no medicine: pollen, dust, nuts

    def __bool__(self) -> bool:
        return bool(self.substances or self.classes or self.harmless)


def named(name: str) -> Substance:
    """The substance of this name. Raises KeyError."""
    return _table()[name]


def everything() -> Iterable[Substance]:
    return _table().values()


@lru_cache(maxsize=8192)
def of_atc(code: str) -> frozenset[str]:
    """The substances of an ATC code; none for a group ("C10A") or an unknown code."""
    return frozenset(substance.name for substance in everything() if code.upper() in substance.atc)


@lru_cache(maxsize=8192)
def of_text(text: str) -> frozenset[str]:
    """The substances named in a text, in English or Chinese."""
    names, pattern = _words("substances.csv")
    return frozenset(names[hit.lower()] for hit in pattern.findall(_plain(text)))


def of_coding(system: str, code: str) -> frozenset[str]:
    """The substances of an ATC or RxNorm code."""
    if system == RXNORM:
        return _rxnorm().get(code, frozenset())
    return of_atc(code) if system in ATC_SYSTEMS else frozenset()


@lru_cache(maxsize=8192)
def classes_of_text(text: str) -> frozenset[str]:
    """The allergy classes named in a text: "penicillin", "磺胺类", "statins"."""
    names, pattern = _words("allergy_classes.csv")
    return frozenset(names[hit.lower()] for hit in pattern.findall(_plain(text)))


@lru_cache(maxsize=2048)
def classes_of_coding(system: str, code: str) -> frozenset[str]:
    """The allergy classes of a SNOMED code or an ATC group."""
    if system in ATC_SYSTEMS:
        return frozenset(row["class"] for row in _classes() if code in row["atc"].split())
    if system == SNOMED:
        return frozenset(row["class"] for row in _classes() if code in row["snomed"].split())
    return frozenset()


def members(word: str) -> frozenset[str]:
    """The substances of an allergy class."""
    return frozenset(row.name for row in everything() if word in row.classes)


@lru_cache(maxsize=1)
def _table() -> dict[str, Substance]:
    return {
        row["name"]: Substance(
            name=row["name"],
            name_zh=row["zh"],
            atc=tuple(row["atc"].split()),
            classes=frozenset(row["classes"].split()),
            tags=frozenset(row["tags"].split()),
        )
        for row in _rows("substances.csv")
    }


@lru_cache(maxsize=1)
def _rxnorm() -> dict[str, frozenset[str]]:
    codes: dict[str, set[str]] = {}
    for row in _rows("rxnorm.csv"):
        codes.setdefault(row["rxnorm"], set()).update(row["substances"].split(";"))
    return {code: frozenset(names) for code, names in codes.items()}


@lru_cache(maxsize=1)
def _classes() -> tuple[dict[str, str], ...]:
    return tuple(_rows("allergy_classes.csv"))


@lru_cache(maxsize=4)
def _words(file: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Every known word of a file with its meaning, and the pattern that finds the longest."""
    meanings: dict[str, str] = {}
    for row in _rows(file):
        key = row.get("name") or row["class"]
        spellings = [*row["synonyms"].split(";"), row["zh"], row.get("name", "")]
        for spelling in filter(None, (word.strip().lower() for word in spellings)):
            meanings.setdefault(spelling, key)
    longest_first = sorted(meanings, key=len, reverse=True)
    return meanings, re.compile("|".join(map(_bounded, longest_first)), re.IGNORECASE)


def _bounded(word: str) -> str:
    """Latin words stand alone ("iron" is not in "spironolactone"); Chinese ones may touch."""
    escaped = re.escape(word)
    return rf"(?<![a-z]){escaped}(?![a-z])" if word.isascii() else escaped


def _plain(text: str) -> str:
    return " ".join(text.split())


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
