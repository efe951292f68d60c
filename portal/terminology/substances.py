"""Active substances: their names, ATC codes, allergy classes and interaction tags.

Untidy words of other systems ("Simvastatin 20 MG Oral Tablet", "Allergy to penicillin",
an RxNorm or SNOMED code) are understood here, or not at all; never guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from portal.terminology import language
from portal.terminology.words import Vocabulary

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


def named(name: str) -> Substance:
    """The substance of this name. Raises KeyError."""
    return _table()[name]


def display(name: str, reader: str | None = None) -> str:
    """A substance's name in the reader's language."""
    return language.pick(name, named(name).name_zh, reader)


def everything() -> Iterable[Substance]:
    return _table().values()


@lru_cache(maxsize=8192)
def of_atc(code: str) -> frozenset[str]:
    """The substances of a full ATC code, combinations included; none for an unknown code."""
    code = code.upper()
    found = {row.name for row in everything() if code in row.atc}
    for row in _rows("combinations.csv"):
        if row["atc"] == code:
            found.update(row["substances"].split(";"))
    return frozenset(found)


@lru_cache(maxsize=512)
def of_atc_group(code: str) -> frozenset[str]:
    """The substances under an ATC group ("C10AA")."""
    group = code.upper()
    return frozenset(row.name for row in everything() if any(a.startswith(group) for a in row.atc))


@lru_cache(maxsize=8192)
def of_text(text: str) -> frozenset[str]:
    """The substances named in a text, in English or Chinese, by generic name or brand."""
    return _substance_words().find(text)


def of_coding(system: str, code: str) -> frozenset[str]:
    """The substances of an ATC or RxNorm code."""
    if system == RXNORM:
        return _rxnorm().get(code, frozenset())
    return of_atc(code) if system in ATC_SYSTEMS else frozenset()


@lru_cache(maxsize=8192)
def classes_of_text(text: str) -> frozenset[str]:
    """The allergy classes named in a text: "penicillin", "磺胺类", "statins"."""
    return _class_words().find(text)


@lru_cache(maxsize=2048)
def classes_of_coding(system: str, code: str) -> frozenset[str]:
    """The allergy classes of a SNOMED code or an ATC group."""
    if system in ATC_SYSTEMS:
        return frozenset(row["class"] for row in _classes() if code in row["atc"].split())
    if system == SNOMED:
        return frozenset(row["class"] for row in _classes() if code in row["snomed"].split())
    return frozenset()


@lru_cache(maxsize=1)
def crossings() -> dict[tuple[str, str], str]:
    """Classes that may share an allergy: (allergic to, given) → how much it counts."""
    pairs = {}
    for row in _classes():
        for crossing in row["cross"].split():
            other, weight = crossing.split(":")
            pairs[row["class"], other] = weight
    return pairs


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


@lru_cache(maxsize=1)
def _substance_words() -> Vocabulary:
    words = Vocabulary()
    for row in _rows("combinations.csv"):
        words.add(row["words"].split(";"), tuple(row["substances"].split(";")))
    for row in _rows("substances.csv"):
        words.add([row["name"], row["zh"], *row["synonyms"].split(";")], (row["name"],))
    return words


@lru_cache(maxsize=1)
def _class_words() -> Vocabulary:
    words = Vocabulary()
    for row in _classes():
        words.add([row["class"], row["zh"], *row["synonyms"].split(";")], (row["class"],))
    return words


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
