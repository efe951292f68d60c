"""Where services hand in what they know: their furniture of the demo, and their scenes.

The sandbox stands below the services, so it asks upward through this registry: each
service has a module `scenes`, found by name, that fills it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.module_loading import autodiscover_modules

Ids = Mapping[str, str]
Scene = Callable[[], Ids]
Furniture = Callable[[], None]

_scenes: dict[str, Scene] = {}
_furniture: list[Furniture] = []


def scene(name: str) -> Callable[[Scene], Scene]:
    """Register a situation; it builds a fresh one on every call and names what it made."""

    def register(build: Scene) -> Scene:
        _scenes[name] = build
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


@scene("empty")
def empty() -> Ids:
    """Nothing but the people."""
    return {}
