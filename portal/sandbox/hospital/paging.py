"""A search answered page by page: the links are opaque, the order stays as it was first seen."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass

from portal.sandbox.hospital import searching
from portal.sandbox.hospital.asking import Query
from portal.sandbox.hospital.refusal import Refused
from portal.sandbox.hospital.store import Row, Store
from portal.sandbox.vocabulary import Resource

REMEMBERED = 300


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a search had found when it was first asked."""

    query: Query
    keys: list[str]


class Pages:
    """The snapshots that a `next` link may still come back for, oldest forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshots: OrderedDict[str, Snapshot] = OrderedDict()

    def first(self, store: Store, query: Query, base: str, own: str) -> Resource:
        """The first page of a fresh search; `own` is the address that was asked."""
        snapshot = Snapshot(query, searching.keys(store, query))
        token = uuid.uuid4().hex
        if len(snapshot.keys) > query.count > 0:
            with self._lock:
                self._snapshots[token] = snapshot
                while len(self._snapshots) > REMEMBERED:
                    self._snapshots.popitem(last=False)
        return _page(store, snapshot, base, own, f"{token}.0")

    def later(self, store: Store, mark: str, base: str, own: str) -> Resource:
        """The page behind a link handed out before."""
        token, _, start = mark.partition(".")
        with self._lock:
            snapshot = self._snapshots.get(token)
        if snapshot is None or not start.isdecimal():
            raise Refused(410, "expired", "This page link has expired; search again.")
        return _page(store, snapshot, base, own, mark)


def _page(store: Store, snapshot: Snapshot, base: str, own: str, mark: str) -> Resource:
    token, _, start = mark.partition(".")
    query = snapshot.query
    bundle: Resource = {
        "resourceType": "Bundle",
        "id": uuid.uuid4().hex,
        "type": "searchset",
        "total": len(snapshot.keys),
        "link": [{"relation": "self", "url": own}],
    }
    if query.only_total or not query.count:
        return bundle
    end = int(start) + query.count
    found = (store.get(query.kind, key) for key in snapshot.keys[int(start) : end])
    shown = [row for row in found if row is not None and not row.deleted]
    if end < len(snapshot.keys):
        link = {"relation": "next", "url": f"{base}?_getpages={token}.{end}"}
        bundle["link"].append(link)
    also = searching.included(store, query, shown)
    entries = [_entry(store, row, base, "match") for row in shown]
    entries += [_entry(store, row, base, "include") for row in also]
    return bundle | ({"entry": entries} if entries else {})


def _entry(store: Store, row: Row, base: str, mode: str) -> Resource:
    url = f"{base}/{row.reference}"
    return {"fullUrl": url, "resource": store.shown(row), "search": {"mode": mode}}
