"""Search a HIS page by page, believing little: bounded, same server, nothing twice (law 9)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils import timezone

from portal.his.client import READ_SECONDS, Client
from portal.his.errors import BadPayload, Rejected
from portal.his.terms import HisRef
from portal.his.wire import issues, people
from portal.his.wire.tolerant import thing, things, whole, word

logger = logging.getLogger(__name__)

PAGES = 20
Resource = dict[str, Any]


@dataclass(slots=True)
class Page:
    """What a search found. `complete` False: there is more that could not be had."""

    kind: str
    at: datetime
    resources: list[Resource] = field(default_factory=list)
    included: dict[str, Resource] = field(default_factory=dict)
    complete: bool = True
    server_time: datetime | None = None
    total: int | None = None
    seen: set[tuple[str, str]] = field(default_factory=set)

    def take(self, bundle: Resource) -> None:
        """Keep the entries of one page: matches, included, and nothing a second time."""
        for entry in things(bundle.get("entry")):
            resource = thing(entry.get("resource"))
            kind, name = word(resource.get("resourceType")), word(resource.get("id"))
            if not name or (kind, name) in self.seen:
                continue
            self.seen.add((kind, name))
            if kind == self.kind:
                self.resources.append(resource)
            elif kind != "OperationOutcome":
                self.included[name] = resource


def search(
    client: Client,
    kind: str,
    params: Mapping[str, Any],
    *,
    extras: Mapping[str, Any] | None = None,
    limit: int = 1000,
    seconds: float = READ_SECONDS,
    form: bool = False,
) -> Page:
    """All pages up to `limit` rows. `extras` are dropped for a HIS that refuses them."""
    try:
        return _pages(client, kind, {**params, **(extras or {})}, limit, seconds, form)
    except Rejected:
        if not extras:
            raise
        return _pages(client, kind, params, limit, seconds, form)


def _pages(
    client: Client,
    kind: str,
    params: Mapping[str, Any],
    limit: int,
    seconds: float,
    form: bool,
) -> Page:
    until, page = time.monotonic() + seconds, Page(kind, timezone.now())
    path = f"{kind}/_search" if form else kind
    answer = client.read(path, params, seconds=seconds, form=form)
    page.server_time, visited = answer.date, {""}
    for _turn in range(PAGES):
        bundle = _bundle(answer.body)
        page.take(bundle)
        page.total = whole(bundle.get("total"))
        onward = _next(bundle)
        if onward in visited or len(page.resources) >= limit:
            break
        visited.add(onward)
        if not _is_ours(client, onward):
            break
        answer = client.read(onward, seconds=until - time.monotonic())
    page.complete = onward == "" and len(page.resources) >= (page.total or 0)
    return page


def _bundle(body: Resource) -> Resource:
    if body.get("resourceType") != "Bundle" or issues.is_failure(body):
        raise BadPayload("the answer to a search is not a bundle")
    return body


def _next(bundle: Resource) -> str:
    links = things(bundle.get("link"))
    return next((word_of(item) for item in links if item.get("relation") == "next"), "")


def word_of(link: Resource) -> str:
    """The address, whole: paging tokens are longer than words."""
    url = link.get("url")
    return url.strip() if isinstance(url, str) else ""


def _is_ours(client: Client, url: str) -> bool:
    try:
        client.url(url)
    except BadPayload as error:
        logger.warning("paging stopped: %s", error)
        return False
    return True


def own(client: Client, kind: str, token: str, patient_id: str = "") -> Resource | None:
    """What we stored under our own identifier; also in a HIS whose identifier search is blind.

    Several copies: the oldest counts, and the log names them for the nightly comparison.
    """
    system, _, value = token.partition("|")
    found = _with_identifier(search(client, kind, {"identifier": token}), system, value)
    if not found and patient_id:
        wider = search(
            client, kind, {"patient": f"Patient/{patient_id}"},
            extras={"_sort": "-_lastUpdated", "_count": "200"},
        )  # fmt: skip
        found = _with_identifier(wider, system, value)
    if len(found) > 1:
        logger.warning("stored twice: %s", ", ".join(str(people.ref(item)) for item in found))
    return found[0] if found else None


def _with_identifier(page: Page, system: str, value: str) -> list[Resource]:
    """Only rows that really carry it: some servers ignore a parameter and send everything."""
    mine = [
        item
        for item in page.resources
        if any(
            word(one.get("value")) == value and word(one.get("system")) == system
            for one in things(item.get("identifier"))
        )
        and word(item.get("status")) != "entered-in-error"
    ]
    return sorted(mine, key=lambda item: word(thing(item.get("meta")).get("lastUpdated")))


def get(client: Client, ref: HisRef, *, seconds: float = READ_SECONDS) -> tuple[Resource, str]:
    """One resource and its version tag. Raises NotFound, BadPayload."""
    answer = client.read(f"{ref.type}/{ref.id}", seconds=seconds)
    if answer.body.get("resourceType") != ref.type or word(answer.body.get("id")) != ref.id:
        raise BadPayload(f"the answer is not {ref.type}")
    return answer.body, answer.etag or _weak(word(thing(answer.body.get("meta")).get("versionId")))


def _weak(version: str) -> str:
    return f'W/"{version}"' if version else ""


def newest_first(resources: list[Resource], when: Callable[[Resource], Any]) -> bool:
    """Did the HIS really sort? Some accept `_sort` and ignore it."""
    days = [day for day in map(when, resources) if day is not None]
    return all(later >= earlier for later, earlier in pairwise(days))
