"""Search a HIS page by page, believing little: bounded, same server, nothing twice (law 9)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

from django.utils import timezone

from portal.his.client import READ_SECONDS, Client
from portal.his.errors import BadPayload, NotFound, Rejected, Unavailable
from portal.his.terms import HisRef
from portal.his.wire import issues, people
from portal.his.wire.tolerant import moment, thing, things, whole, word

logger = logging.getLogger(__name__)

PAGES = 200  # of a server that gives ten rows at a time
IDLE_PAGES = 3  # pages may repeat; endless ones bring nothing new
NO_POST = {"HTTP 405", "HTTP 415", "HTTP 501"}
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

    def take(self, bundle: Resource) -> int:
        """Keep the entries of one page, nothing a second time; how many were new."""
        before = len(self.seen)
        for entry in things(bundle.get("entry")):
            resource = thing(entry.get("resource"))
            kind, name = word(resource.get("resourceType")), word(resource.get("id"))
            if issues.is_failure(resource):
                self.complete = False  # "the archive did not answer": some are missing
            if not name or kind == "OperationOutcome" or (kind, name) in self.seen:
                continue
            self.seen.add((kind, name))
            if kind == self.kind and word(thing(entry.get("search")).get("mode")) in {"", "match"}:
                self.resources.append(resource)
            else:
                self.included[f"{kind}/{name}"] = resource
        return len(self.seen) - before


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
    """All pages up to `limit` rows. `extras` are dropped for a HIS that refuses them.

    `form` keeps the words out of access logs, where the HIS takes a search as a POST.
    """
    try:
        return _pages(client, kind, {**params, **(extras or {})}, limit, seconds, form)
    except Rejected as refusal:
        if form and NO_POST & set(refusal.issues):
            return search(client, kind, params, extras=extras, limit=limit, seconds=seconds)
        if not extras:
            raise
        return search(client, kind, params, limit=limit, seconds=seconds, form=form)
    except NotFound:
        if not form:
            raise
        return search(client, kind, params, extras=extras, limit=limit, seconds=seconds)


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
    page.server_time, visited, idle = answer.date, {""}, 0
    for _turn in range(PAGES):
        bundle = _bundle(answer.body)
        idle = 0 if page.take(bundle) else idle + 1
        page.total = whole(bundle.get("total"))
        onward = _next(bundle, f"{client.base_url}/{kind}")
        if onward in visited or len(page.resources) >= limit or idle > IDLE_PAGES:
            break
        visited.add(onward)
        if not _is_ours(client, onward) or time.monotonic() >= until:
            break
        try:
            answer = client.read(onward, seconds=until - time.monotonic())
        except Unavailable:
            if time.monotonic() < until:
                raise
            break  # our time was over, not the HIS's
    whole_list = onward == "" and len(page.resources) >= (page.total or 0)
    page.complete = page.complete and whole_list
    return page


def _bundle(body: Resource) -> Resource:
    if body.get("resourceType") != "Bundle" or issues.is_failure(body):
        raise BadPayload("the answer to a search is not a bundle")
    return body


def _next(bundle: Resource, asked: str) -> str:
    """The address of the next page in full, whole: paging tokens are longer than words."""
    links = (item for item in things(bundle.get("link")) if item.get("relation") == "next")
    url = next((item.get("url") for item in links), None)
    if not isinstance(url, str) or not url.strip():
        return ""
    try:
        return urljoin(asked, url.strip())
    except ValueError:
        raise BadPayload("the next page has no address") from None


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
    page = search(client, kind, {"identifier": token})
    found = _with_identifier(page, system, value)
    if not found and patient_id:
        page = search(
            client, kind, {"patient": f"Patient/{patient_id}"},
            extras={"_sort": "-_lastUpdated", "_count": "200"},
        )  # fmt: skip
        found = _with_identifier(page, system, value)
    if not found and not page.complete and not newest_first(page.resources, updated):
        raise BadPayload("only a part could be searched")  # "not there" would send it twice
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


def updated(resource: Resource) -> datetime | None:
    """When the HIS last touched it, by its own clock."""
    return moment(thing(resource.get("meta")).get("lastUpdated"))


def newest_first(resources: list[Resource], when: Callable[[Resource], Any]) -> bool:
    """Did the HIS really sort? Some accept `_sort` and ignore it.

    Rows of one and the same moment prove nothing.
    """
    days = [day for day in map(when, resources) if day is not None]
    falls = all(later >= earlier for later, earlier in pairwise(days))
    return falls and bool(days) and days[0] > days[-1]
