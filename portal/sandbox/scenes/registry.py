"""Where services hand in what they know: their furniture of the demo, and their scenes.

The sandbox stands below the services, so it asks upward through this registry: each
service has a module `scenes`, found by name, that fills it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules

Ids = Mapping[str, str]
Build = Callable[[], Ids]
Furniture = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """A named situation; `needs_hospital` when its deeds read the hospital's record."""

    build: Build
    needs_hospital: bool = False


_scenes: dict[str, Scene] = {}
_furniture: list[Furniture] = []


def scene(name: str, *, needs_hospital: bool = False) -> Callable[[Build], Build]:
    """Register a situation; it builds a fresh one on every call and names what it made."""

    def register(build: Build) -> Build:
        _scenes[name] = Scene(build, needs_hospital)
        return build

    return register


def furniture(place: Furniture) -> Furniture:
    """Register rows that the demo always has, placed once people are there; safe to repeat."""
    if place not in _furniture:
        _furniture.append(place)
    return place


def scenes() -> dict[str, Scene]:
    autodiscover_modules("scenes")
    return dict(sorted(_scenes.items()))


def furnish() -> None:
    autodiscover_modules("scenes")
    for place in _furniture:
        place()
