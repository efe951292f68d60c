"""A template that asks for a name nobody gave it is a mistake, not an empty place."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

OURS = str(Path(__file__).resolve().parent.parent)


class UnknownName(Exception):
    """The template and the name it asked for in vain."""


class Strict(str):
    """Stands in for `string_if_invalid`: Django formats it with the name that was not found."""

    def __contains__(self, part: object) -> bool:
        return part == "%s" or super().__contains__(part)  # type: ignore[operator]

    def __mod__(self, name: object) -> str:
        origin = _asking_template()
        if origin.startswith(OURS) and "site-packages" not in origin:
            raise UnknownName(f"{origin} asks for {name}")
        return ""


def _asking_template() -> str:
    """The file of the node that is being rendered: libraries may ask for what they like."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        node = frame.f_locals.get("self")
        if (origin := getattr(node, "origin", None)) and hasattr(node, "render_annotated"):
            return str(origin)
        frame = frame.f_back
    return ""
