"""The kinds of news there are, and the few plain facts that their words may hold (R99).

A service adds its own with `register` from its `receivers.py`. Words are templates with
`{fact}` places; only the facts listed here can fill them, so that no medicine and no
diagnosis can reach a lock screen.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FACTS = frozenset(
    {
        "doctor",
        "team",
        "centre",
        "telephone",
        "person",
        "when",
        "until",
        "place",
        "minutes",
        "count",
        "number",  # what stands on the outside of a parcel
    }
)
IDS = frozenset(
    {
        "encounter",
        "appointment",
        "contract",
        "request",
        "prescription",
        "parcel",
        "pick_up",
        "invoice",
    }
)
Words = str | Promise


class NotAllowed(Exception):
    """The notice would say something that a notice may not say."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of news. Without `sms` it stays inside the portal.

    `url` is a URL name and, where the page needs one, the name of the id in the context.
    """

    name: str
    title: Words
    body: Words
    sms: Words = ""
    url: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; a kind whose words ask for an unknown fact is refused at start."""
    for kind in kinds:
        unknown = places(kind) - FACTS
        if unknown or set(kind.url[1:]) - IDS:
            raise NotAllowed(f"{kind.name}: {sorted(unknown) or kind.url}")
        if KINDS.get(kind.name, kind) != kind:
            raise NotAllowed(f"{kind.name} is registered twice")
        KINDS[kind.name] = kind


def places(kind: Kind) -> set[str]:
    """The facts that the kind's words ask for."""
    parts = (string.Formatter().parse(str(words)) for words in (kind.title, kind.body, kind.sms))
    return {field for part in parts for _text, field, _spec, _how in part if field}


def checked(kind: Kind, context: dict[str, Any]) -> dict[str, Any]:
    """The facts as they are stored, or NotAllowed."""
    if unknown := set(context) - FACTS - IDS:
        raise NotAllowed(f"{kind.name} may not hold {sorted(unknown)}")
    if missing := (places(kind) | set(kind.url[1:])) - set(context):
        raise NotAllowed(f"{kind.name} needs {sorted(missing)}")
    return {name: _plain(value) for name, value in context.items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)[:100]


register(
    Kind(
        "identity-checked",
        _("Your identity is confirmed"),
        _("{centre} has confirmed who you are. You can now choose your family doctor."),
        _("{centre}: your identity is confirmed. Please open the portal to go on."),
        url=("family_doctor:teams",),
    ),
    Kind(
        "identity-not-found",
        _("Please speak to the registrar"),
        _("{centre} could not confirm who you are online. Please call {telephone}."),
        _("{centre} could not confirm who you are online. Please call {telephone}."),
        url=("real_name",),
    ),
    Kind(
        "number-released",
        _("Your telephone number was removed"),
        _("Somebody else proved that they now have your old number. Please add your new one."),
    ),
)
