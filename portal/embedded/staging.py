"""`scene NAME`: a situation one can step into, from one line."""

from __future__ import annotations

import contextlib
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from portal.accounts.sessions import open_session
from portal.embedded import outside, preparing
from portal.sandbox import cast
from portal.sandbox.scenes import registry

ALSO_CALLED = {"xu": "neighbour"}


class NoSuchScene(Exception):
    """The name is not among the scenes, or there is no sandbox."""


def names() -> list[str]:
    return list(registry.scenes()) if settings.SANDBOX else []


def build(name: str) -> dict[str, Any]:
    """Build the scene afresh and sign everybody in."""
    if name not in names():
        raise NoSuchScene(f"No scene {name!r}. There are: {', '.join(names()) or 'none here'}.")
    preparing.prepare()
    return stage(name)


def stage(name: str) -> dict[str, Any]:
    """The same where the foundation is known to be laid: beside a demo that runs."""
    chosen = registry.scenes()[name]
    with outside.hospital() if chosen.needs_hospital else contextlib.nullcontext():
        ids = chosen.build()
    return {"base_url": settings.BASE_URL, "sessions": _sessions(), "ids": dict(ids)}


def _sessions() -> dict[str, str]:
    people = get_user_model().objects.in_bulk(cast.usernames(), field_name="username")
    opened = {name: open_session(people[name]) for name in cast.usernames()}
    for name, other in ALSO_CALLED.items():
        opened[other] = opened[name]
    return opened
