"""What waits for a person on their start page; each service hangs its own cards.

A service writes in its `worklist.py`:

    @home_card("resident")
    def next_visit(actor: Actor) -> Iterable[Card]: ...

    start_page("doctor", "consult:desk")

What needs more room than a card is a part: a template of the service with its facts, at a
named place of somebody else's page (`home` and `after-visit` have such places):

    @part("home", "refill/resident/runs_out.html")
    def what_runs_out(actor: Actor) -> Facts | None: ...
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Card:
    """One card. With `when` it is under way and stands on top; without, it is a tile of the menu.

    `step` names the next step in words; `label` is what the green button says; `code` is what
    the resident shows or says to somebody, in large type.
    """

    title: str
    url: str
    icon: str = "next"
    text: str = ""
    when: datetime | None = None
    step: str = ""
    label: str = ""
    rank: int = 50  # tiles: small numbers first
    code: str = ""


Facts = dict[str, Any]
Source = Callable[[Actor], Iterable[Card]]
PartSource = Callable[[Actor], Facts | None]

_sources: defaultdict[str, list[Source]] = defaultdict(list)
_parts: defaultdict[str, list[tuple[str, PartSource]]] = defaultdict(list)
_start_pages: dict[str, str] = {}


def home_card(*roles: str) -> Callable[[Source], Source]:
    """Ask this source for cards whenever a person in one of these roles comes home."""

    def hang(source: Source) -> Source:
        for role in roles:
            _sources[role].append(source)
        return source

    return hang


def part(place: str, template: str) -> Callable[[PartSource], PartSource]:
    """Show this template at the place whenever the source has facts for the person."""

    def hang(source: PartSource) -> PartSource:
        _parts[place].append((template, source))
        return source

    return hang


def parts(place: str, actor: Actor) -> list[tuple[str, Facts]]:
    """The templates to show at the place, each with its facts."""
    found = [(template, source(actor)) for template, source in _parts[place]]
    return [(template, facts) for template, facts in found if facts is not None]


def start_page(role: str, url_name: str) -> None:
    """People in this role start at this page of their service, not at `/home/`."""
    _start_pages[role] = url_name


def start_page_of(role: str) -> str | None:
    """The URL name of the role's own start page; None when it has no page yet."""
    return _start_pages.get(role)


def cards(actor: Actor) -> list[Card]:
    """The actor's cards: what is under way by its time, then the menu by rank."""
    found = [card for source in _sources[actor.role] for card in source(actor)]
    under_way = sorted((c for c in found if c.when), key=lambda c: (c.when, c.title))
    return under_way + sorted((c for c in found if not c.when), key=lambda c: (c.rank, c.title))
