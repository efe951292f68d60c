"""A second hospital system, written from the FHIR R4 specification and from nothing of ours.

It conforms, and yet does everything otherwise than the sandbox: its habits are those of
servers met in the field. Each habit can be chosen; a test names the one it is about.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.contract.other_his_door import Handler, Refused
from tests.contract.other_his_search import FREE, PARAMETERS, matches, sort_key

GONE = {"cancelled", "noshow", "entered-in-error"}


@dataclass
class Habits:
    """What one server does and another does not; all of it is allowed."""

    location: str = "absolute"  # absolute | relative | none
    prefers: bool = True  # looks at Prefer: return=representation
    etag: str = 'W/"{}"'
    most_rows: int = 2  # caps _count
    total: bool = False
    next_link: str = "opaque"  # opaque | query | root (a path without a host)
    noise: bool = True  # an OperationOutcome and an included row in each searchset
    strict: bool = False  # refuses parameters it does not know, with 400
    unknown: frozenset[str] = frozenset()  # parameters it does not know
    post_search: bool = True
    match: bool = False
    transactions: bool = True
    owns_slots: bool = True  # refuses a taken time by itself
    taken: int = 409
    content_type: str = "application/fhir+json;fhirVersion=4.0;charset=UTF-8"
    gzip: bool = False
    chunked: bool = False
    http10: bool = False
    busy: int = 0  # so many requests are answered 429
    types: frozenset[str] = frozenset(PARAMETERS)
    outcome: str = "information"


@dataclass
class Held:
    """One resource with its version and whose it is."""

    body: dict
    version: int = 1
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class OtherHis(ThreadingHTTPServer):
    """The store, the rules and the socket in one."""

    daemon_threads = True

    def __init__(self, **habits):
        super().__init__(("127.0.0.1", 0), Handler)
        self.habits, self.lock = Habits(**habits), threading.RLock()
        self.rows: dict[tuple[str, str], Held] = {}
        self.owners: dict[tuple[str, str], str] = {}
        self.last, self.pages, self.seen = Counter(), {}, []
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server_port}/Interop/api/FHIR/R4"

    def stop(self):
        self.shutdown()
        self.server_close()
        self.thread.join(5)

    def handle_error(self, request, client_address):
        """A client that hangs up is a thing of the test."""

    def add(self, kind, owner="", **body):
        """Numbers, and each type counts from one: 1 is a patient and a doctor too."""
        with self.lock:
            self.last[kind] += 1
            key = str(self.last[kind])
            self.rows[kind, key] = Held({"resourceType": kind, "id": key, **body})
            if owner:
                self.owners[kind, key] = owner
            return key

    def shown(self, kind, key):
        row = self.rows[kind, key]
        when = row.at.astimezone().isoformat(timespec="milliseconds")
        return row.body | {"meta": {"versionId": str(row.version), "lastUpdated": when}}

    def all_of(self, kind):
        return [self.shown(one, key) for one, key in list(self.rows) if one == kind]

    # What is asked

    def search(self, kind, asked):
        if kind not in self.habits.types or kind not in PARAMETERS:
            raise Refused(404, "not-supported")
        known = [(name, value) for name, value in asked if self._knows(kind, name)]
        words = dict(known)
        found = [
            item for item in self.all_of(kind)
            if all(matches(self, item, name, value) for name, value in known if name not in FREE)
        ]  # fmt: skip
        for name in reversed(words.get("_sort", "").split(",")):
            if name:
                backwards = name.startswith("-")
                found.sort(key=lambda row, by=name: sort_key(row, by), reverse=backwards)
        size = min(int(words.get("_count", 50)), self.habits.most_rows)
        return self.page(kind, found, size, words.get("_include", ""))

    def _knows(self, kind, name):
        known = name in {*PARAMETERS[kind], *FREE, "_id", "_lastUpdated"} - self.habits.unknown
        if not known and self.habits.strict:
            raise Refused(400, "not-supported")
        return known

    def page(self, kind, found, size, include):
        now, rest = found[:size], found[size:]
        also = [row for item in now for row in self._included(item, include)]
        bundle = {"resourceType": "Bundle", "type": "searchset", "link": []}
        bundle["entry"] = [{"resource": item, "search": {"mode": "match"}} for item in now]
        bundle["entry"] += [{"resource": row, "search": {"mode": "include"}} for row in also]
        if self.habits.noise:
            bundle["entry"] += [self._remark(), *self._strangers(now)]
        if self.habits.total:
            bundle["total"] = len(found)
        if rest:
            token = uuid.uuid4().hex
            self.pages[token] = (kind, rest, size, include)
            bundle["link"].append({"relation": "next", "url": self._next(token)})
        return bundle

    def _next(self, token):
        return {
            "opaque": f"{self.base}/paging/{token}?ct=v1%7C{'x' * 600}",
            "query": f"?_cursor={token}",
            "root": f"{urlsplit(self.base).path}?_cursor={token}",
        }[self.habits.next_link]

    def _remark(self):
        issue = {"severity": self.habits.outcome, "code": "informational", "diagnostics": "slow"}
        outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
        return {"resource": outcome, "search": {"mode": "outcome"}}

    def _strangers(self, now):
        """Rows that the server adds by itself, a doctor with the patient's own number too."""
        kinds = ("Practitioner", "Organization")
        rows = [self.shown(kind, "1") for kind in kinds if (kind, "1") in self.rows and now]
        return [{"resource": row, "search": {"mode": "include"}} for row in rows]

    def _included(self, item, include):
        wanted = {"Appointment:patient": "Patient", "MedicationRequest:medication": "Medication"}
        kind, text = wanted.get(include), json.dumps(item)
        if kind is None:
            return []
        return [
            self.shown(kind, key) for one, key in list(self.rows)
            if one == kind and f'{kind}/{key}"' in text
        ]  # fmt: skip

    # What is written

    def create(self, kind, body, condition=""):
        if kind not in self.habits.types:
            raise Refused(404, "not-supported")
        with self.lock:
            if condition:
                asked = parse_qsl(condition)
                found = [i for i in self.all_of(kind) if all(matches(self, i, *p) for p in asked)]
                if len(found) > 1:
                    raise Refused(412, "multiple-matches")
                if found:
                    return found[0]["id"], 200
            self._slots(kind, body, None)
            whose = list(_patients(body))
            return self.add(kind, whose[0] if whose else "", **_bare(body)), 201

    def update(self, kind, key, body, version):
        with self.lock:
            row = self.rows.get((kind, key))
            if row is None:
                raise Refused(404, "not-found")
            if version and version.strip().removeprefix("W/").strip('"') != str(row.version):
                raise Refused(412, "conflict")
            self._slots(kind, body, row.body)
            self.rows[kind, key] = Held(
                {"resourceType": kind, "id": key, **_bare(body)}, row.version + 1
            )

    def _slots(self, kind, body, before):
        """A slot belongs to one living appointment; this HIS decides itself."""
        if kind != "Appointment" or not self.habits.owns_slots:
            return
        if body.get("status") is None or not body.get("participant"):
            raise Refused(422, "required")
        for pointer in body.get("slot", ()):
            slot = self.rows["Slot", pointer["reference"].split("/")[-1]]
            if body["status"] in GONE:
                slot.body["status"] = "free"
            elif before is None:
                if slot.body["status"] != "free":
                    raise Refused(self.habits.taken, "conflict")
                slot.body["status"] = "busy"
            slot.version += 1
            slot.at = datetime.now(UTC)

    def transaction(self, bundle):
        if not self.habits.transactions:
            raise Refused(400, "not-supported")
        with self.lock:
            kept = {k: Held(dict(r.body), r.version, r.at) for k, r in self.rows.items()}
            try:
                return [self._entry(one) for one in bundle["entry"]]
            except Exception:
                self.rows = kept
                raise

    def _entry(self, one):
        asked, body = one["request"], one["resource"]
        kind = body["resourceType"]
        if any(value == "" for value in asked.values()):
            raise Refused(400, "structure")
        if asked["method"] == "POST":
            key, status = self.create(kind, body, asked.get("ifNoneExist", ""))
        else:
            key, status = body["id"], 200
            self.update(kind, key, body, asked.get("ifMatch", ""))
        version = self.rows[kind, key].version
        place = f"{kind}/{key}/_history/{version}"
        return {"response": {"status": str(status), "location": place}}


def _patients(body):
    """Whose a new resource is."""
    pointers = [body.get("subject"), body.get("patient")]
    pointers += [item.get("actor") for item in body.get("participant", ())]
    for pointer in pointers:
        target = (pointer or {}).get("reference", "")
        if "Patient/" in target:
            yield target.split("/")[-1]


def _bare(body):
    return {name: value for name, value in body.items() if name not in {"resourceType", "id"}}
