"""Opening the hospital: the invented residents, folders of bundles, calendars for coming days."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from portal.sandbox import centre, residents
from portal.sandbox.hospital.moments import span
from portal.sandbox.hospital.paging import Pages
from portal.sandbox.hospital.parameters import KINDS, walk
from portal.sandbox.hospital.store import Store
from portal.sandbox.hospital.trouble import Switchboard
from portal.sandbox.vocabulary import CHINA, Resource

SEED = "seed"
#: Dates of a person or of a plan, not of something that has happened.
NOT_EVENTS = {"validityPeriod", "planningHorizon", "meta"}
KEPT = {"birthDate", "meta"}
DAY = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


class BadFolder(Exception):
    """The folder does not hold bundles of R4 resources."""


class Hospital:
    """The whole hospital: its database, its switches, and how it was filled."""

    def __init__(self, data: Path, bundles: Path | None = None, empty: bool = False) -> None:
        self.trouble = Switchboard()
        self.store = Store(data / "his.sqlite3", self.trouble)
        self.pages = Pages()
        self.bundles = bundles
        self.empty = empty
        self.day = today()

    def open(self) -> None:
        """Fill what is not yet there; what happened here before stays."""
        with self.store.writing():
            if not self.empty and self.store.fact("residents") is None:
                bundle = residents.bundle(today())
                _put_all(self.store, [entry["resource"] for entry in bundle["entry"]])
                self.store.remember("residents", today().isoformat())
            if self.bundles and self.store.fact(f"bundles {self.bundles}") is None:
                _put_all(self.store, shifted(load(self.bundles), today()))
                self.store.remember(f"bundles {self.bundles}", today().isoformat())
            extend_calendars(self.store)
            self.day = today()

    def wake(self) -> None:
        """On a new day, the calendars reach a day further."""
        if self.day != today():
            self.open()

    def reset(self) -> None:
        """Everything as on the first day."""
        with self.store.writing():
            self.store.clear()
            self.open()


def today() -> date:
    return datetime.now(CHINA).date()


def load(folder: Path) -> list[Resource]:
    """The resources of a folder of bundles, each id as it was last said."""
    if not folder.is_dir():
        raise BadFolder(f"{folder} is not a folder.")
    files = [*sorted(folder.glob("shared/*.json")), *sorted(folder.glob("patients/*.json"))]
    files += sorted(folder.glob("*.json"))
    found: dict[str, Resource] = {}
    for file in files:
        for resource in _resources(file):
            found[f"{resource['resourceType']}/{resource['id']}"] = resource
    if not found:
        raise BadFolder(f"{folder} holds no bundle.")
    return list(found.values())


def shifted(resources: list[Resource], today: date) -> list[Resource]:
    """The same with all dates moved so that the newest event was yesterday."""
    events = [moment for resource in resources for moment in _dates(resource, NOT_EVENTS | KEPT)]
    if not events:
        return resources
    newest = max(span(moment)[0] for moment in events)
    day = datetime.fromisoformat(f"{newest}+00:00").astimezone(CHINA).date()
    by = today - timedelta(days=1) - day
    return [_moved(resource, by) for resource in resources]


def extend_calendars(store: Store) -> None:
    """Free slots for the coming days in every open schedule that lacks them."""
    schedules = store.select("WHERE r.kind='Schedule' AND r.deleted=0 ORDER BY r.id", [])
    for row in schedules:
        if row.body.get("active", True):
            for slot in centre.slots(row.id, today()):
                if store.get("Slot", slot["id"]) is None:
                    store.put(slot, SEED)


def _put_all(store: Store, resources: list[Resource]) -> None:
    for resource in resources:
        store.put(resource, SEED)
        if resource["resourceType"] == "Appointment":
            for slot in walk(resource, "slot.reference"):
                own = f"Appointment/{resource['id']}"
                store.connection.execute("INSERT INTO booking VALUES (?,?)", (slot, own))


def _resources(file: Path) -> Iterator[Resource]:
    try:
        bundle = json.loads(file.read_text(encoding="utf-8"))
        entries = bundle["entry"] if bundle["resourceType"] == "Bundle" else []
        found = [entry["resource"] for entry in entries]
        yield from (r for r in found if r["resourceType"] in KINDS and r["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadFolder(f"{file} is not a bundle of R4 resources with ids.") from error


def _dates(node: Any, skip: set[str]) -> Iterator[str]:
    if isinstance(node, dict):
        for name, child in node.items():
            if name not in skip:
                yield from _dates(child, skip)
    elif isinstance(node, list):
        for child in node:
            yield from _dates(child, skip)
    elif isinstance(node, str) and DAY.fullmatch(node):
        yield node


def _moved(node: Any, by: timedelta) -> Any:
    if isinstance(node, dict):
        return {n: child if n in KEPT else _moved(child, by) for n, child in node.items()}
    if isinstance(node, list):
        return [_moved(child, by) for child in node]
    if isinstance(node, str) and DAY.fullmatch(node):
        return (date.fromisoformat(node[:10]) + by).isoformat() + node[10:]
    return node
