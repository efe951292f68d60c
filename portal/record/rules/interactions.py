"""Medicines that harm each other (R76): the 15 ONC class pairs and the primary-care list."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from django.utils.translation import gettext as _

from portal.record.rules.alert import NOTE, OVERRIDE, SHOW, STOP, Alert
from portal.record.rules.case import Case, Taken
from portal.terminology import catalogue, language

DATA: Path = catalogue.DATA / "interactions.csv"
SEVERITY = {"contraindicated": STOP, "major": OVERRIDE, "moderate": SHOW, "minor": NOTE}
SOURCES = {"onc": "R76, ONC high-priority list", "pc": "R76, primary-care list"}


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two (or three) kinds of medicine that must not meet, how badly, and what happens."""

    id: str
    sides: tuple[frozenset[str], ...]
    level: str
    effect_en: str
    effect_zh: str

    @property
    def effect(self) -> str:
        return language.pick(self.effect_en, self.effect_zh)


@lru_cache(maxsize=1)
def table() -> tuple[Interaction, ...]:
    """The table, the worst first, so that a pair is told its worst harm."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [_interaction(row) for row in csv.DictReader(file)]
    order = list(SEVERITY)
    return tuple(sorted(rows, key=lambda row: order.index(row.level)))


def check(case: Case) -> Iterator[Alert]:
    """Old and new together; two old ones are only shown, the doctor did not add them now."""
    by_tag: dict[str, list[Taken]] = {}
    for taken in (*case.new, *case.old):
        for tag in taken.tags:
            by_tag.setdefault(tag, []).append(taken)
    told: set[frozenset[int]] = set()
    for row in table():
        for group in _meetings(row, by_tag):
            mark = frozenset(map(id, group))
            if not any(mark <= earlier for earlier in told):
                told.add(mark)
                yield _alert(row, group)


def _meetings(row: Interaction, by_tag: dict[str, list[Taken]]) -> Iterator[list[Taken]]:
    """The medicines of each side that meet; one alone never meets itself."""
    sides = [_side(tags, by_tag) for tags in row.sides]
    if not all(sides):
        return
    seen: set[frozenset[int]] = set()
    for group in product(*sides):
        mark = frozenset(map(id, group))
        if len(mark) == len(group) and mark not in seen and _differ(group):
            seen.add(mark)
            yield list(group)


def _side(tags: frozenset[str], by_tag: dict[str, list[Taken]]) -> list[Taken]:
    return list({id(taken): taken for tag in tags for taken in by_tag.get(tag, ())}.values())


def _differ(group: tuple[Taken, ...]) -> bool:
    """The same substance new and old is a duplicate (R77), not an interaction."""
    return len({taken.substances for taken in group}) == len(group)


def _alert(row: Interaction, group: list[Taken]) -> Alert:
    new = [taken for taken in group if taken.line]
    severity = SEVERITY[row.level]
    if not new:
        severity = SHOW if severity in (STOP, OVERRIDE) else NOTE
    key = f"{row.id}:" + ":".join(sorted(taken.key for taken in group))
    text = _("%(medicines)s: %(effect)s.") % {
        "medicines": " + ".join(taken.name for taken in group),
        "effect": row.effect,
    }
    needs = ("doctor",) if severity == OVERRIDE else ()
    position = max((taken.position or 0 for taken in new), default=0) or None
    source = SOURCES[row.id.partition("-")[0]]
    return Alert("R76", f"R76:{key}"[:200], severity, position, text, source, needs)


def _interaction(row: dict[str, str]) -> Interaction:
    sides = (row[side].split() for side in ("left", "right", "third") if row[side])
    return Interaction(
        id=row["id"],
        sides=tuple(map(frozenset, sides)),
        level=row["level"],
        effect_en=row["effect_en"],
        effect_zh=row["effect_zh"],
    )
