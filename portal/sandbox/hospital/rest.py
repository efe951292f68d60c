"""The FHIR REST interface: an address and a method to a deed, every refusal as FHIR says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

from portal.sandbox.hospital import asking, bundling, capability, matching, writing
from portal.sandbox.hospital.opening import Hospital
from portal.sandbox.hospital.parameters import KINDS
from portal.sandbox.hospital.refusal import Refused, not_known, outcome
from portal.sandbox.hospital.store import Row
from portal.sandbox.serving import Answer, Request
from portal.sandbox.vocabulary import Resource

ROOT = "/fhir"
TYPE = "application/fhir+json; charset=utf-8"
ACCEPTED = ("*/*", "application/*", "json")


def respond(hospital: Hospital, request: Request) -> Answer:
    """Carry the request out, or say why not."""
    try:
        _acceptable(request)
        return _route(Call(hospital, request))
    except Refused as refused:
        return fhir(refused.status, outcome(refused.code, refused.text))


def fhir(status: int, resource: Resource, **headers: str) -> Answer:
    body = json.dumps(resource, ensure_ascii=False).encode()
    return Answer(status, body, TYPE, {name.replace("_", "-"): v for name, v in headers.items()})


class Call:
    """One request with what it needs to be answered."""

    def __init__(self, hospital: Hospital, request: Request) -> None:
        self.hospital = hospital
        self.store = hospital.store
        self.request = request
        self.base = request.base + ROOT
        self.parts = [unquote(part) for part in request.path[len(ROOT) :].split("/") if part]

    @property
    def kind(self) -> str:
        if self.parts[0] not in KINDS:
            raise Refused(404, "not-supported", f"{self.parts[0][:60]} is not kept here.")
        return self.parts[0]

    @property
    def key(self) -> str:
        return self.parts[1]

    @property
    def json(self) -> Any:
        """The body, which must be JSON that FHIR allows."""
        sort = self.request.header("content-type").split(";")[0].strip()
        if sort not in ("application/fhir+json", "application/json"):
            raise Refused(415, "not-supported", "Send application/fhir+json.")
        try:
            return json.loads(self.request.body.decode(), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "invalid", "The body is not JSON.") from error


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _acceptable(request: Request) -> None:
    accept = request.header("accept")
    if accept and not any(word in accept for word in ACCEPTED):
        raise Refused(406, "not-supported", "Only application/fhir+json is spoken here.")
    for name, value in asking.pairs(request.query):
        if name == "_format" and "json" not in value:
            raise Refused(406, "not-supported", "Only application/fhir+json is spoken here.")


def _route(call: Call) -> Answer:
    method = call.request.method.replace("HEAD", "GET")
    match call.parts:
        case []:
            deeds: dict[str, Callable[[Call], Answer]] = {"GET": _later_page, "POST": _bundle}
        case ["metadata"]:
            deeds = {"GET": _metadata}
        case [_]:
            deeds = {"GET": _search, "POST": _create}
        case [_, "_search"]:
            deeds = {"POST": _search}
        case ["Patient", "$match"]:
            deeds = {"POST": _match}
        case [_, _]:
            deeds = {"GET": _read, "PUT": _update, "DELETE": _delete}
        case [_, _, "_history"] | [_, _, "_history", _]:
            deeds = {"GET": _history}
        case _:
            raise Refused(404, "not-found", "There is nothing at this address.")
    if method not in deeds:
        raise Refused(405, "not-supported", f"Only {', '.join(deeds)} is possible here.")
    if deeds[method] not in (_search, _later_page):
        _no_unknown(call)
    return deeds[method](call)


def _no_unknown(call: Call) -> None:
    """Strict outside searches too: a word that is not known is refused, never skipped."""
    for name, _value in asking.pairs(call.request.query):
        if name not in asking.IGNORED:
            raise Refused(400, "not-supported", f"Unknown parameter {name[:80]!r}.")


def _metadata(call: Call) -> Answer:
    return fhir(200, capability.statement(call.base))


def _later_page(call: Call) -> Answer:
    asked = dict(asking.pairs(call.request.query))
    if "_getpages" not in asked:
        raise Refused(400, "not-supported", "Search one type at a time.")
    own = f"{call.base}?{call.request.query}"
    return fhir(200, call.hospital.pages.later(call.store, asked["_getpages"], call.base, own))


def _bundle(call: Call) -> Answer:
    return fhir(200, bundling.carry_out(call.store, call.json))


def _search(call: Call) -> Answer:
    asked = asking.pairs(call.request.query)
    if call.request.method == "POST":
        if not call.request.is_form:
            raise Refused(415, "not-supported", "Send application/x-www-form-urlencoded.")
        asked += asking.pairs(call.request.body.decode("latin-1"))
    query = asking.parse(call.kind, asked)
    own = f"{call.base}/{call.kind}?{call.request.query}".rstrip("?")
    return fhir(200, call.hospital.pages.first(call.store, query, call.base, own))


def _create(call: Call) -> Answer:
    condition = call.request.header("if-none-exist")
    kind, body = call.kind, call.json
    return _written(
        call,
        writing.checked(call.store, lambda: writing.create(call.store, kind, body, condition)),
    )


def _update(call: Call) -> Answer:
    condition = call.request.header("if-match")
    kind, key, body = call.kind, call.key, call.json
    return _written(
        call,
        writing.checked(call.store, lambda: writing.update(call.store, kind, key, body, condition)),
    )


def _written(call: Call, written: writing.Written) -> Answer:
    row = written.row
    answer = _resource(call, row, written.status)
    answer.headers["Location"] = f"{call.base}/{row.reference}/_history/{row.version}"
    wish = call.request.header("prefer")
    if "return=minimal" in wish:
        answer.body = b""
    elif "return=OperationOutcome" in wish:
        kept = outcome("informational", "Stored.", "information")
        answer.body = json.dumps(kept).encode()
    return answer


def _delete(call: Call) -> Answer:
    writing.delete(call.store, call.kind, call.key, call.request.header("if-match"))
    return Answer(204, type=TYPE)


def _match(call: Call) -> Answer:
    return fhir(200, matching.match(call.store, call.json, call.base))


def _read(call: Call) -> Answer:
    row = call.store.get(call.kind, call.key)
    if row is None:
        raise not_known(call.kind, call.key[:64])
    if row.deleted:
        raise Refused(410, "deleted", f"{row.reference} was deleted.")
    return _resource(call, row, 200)


def _history(call: Call) -> Answer:
    rows = call.store.versions(call.kind, call.key)
    if not rows:
        raise not_known(call.kind, call.key[:64])
    if len(call.parts) == 4:
        row = next((one for one in rows if one.version == call.parts[3]), None)
        if row is None or row.deleted:
            raise Refused(404, "not-found", "There is no such version.")
        return _resource(call, row, 200)
    entries = [_version(call, row, last=row is rows[-1]) for row in rows]
    bundle = {"resourceType": "Bundle", "type": "history", "total": len(rows)}
    return fhir(200, bundle | {"entry": entries})


def _version(call: Call, row: Row, last: bool) -> Resource:
    method = "DELETE" if row.deleted else "POST" if last else "PUT"
    entry: Resource = {
        "fullUrl": f"{call.base}/{row.reference}",
        "request": {"method": method, "url": row.kind if method == "POST" else row.reference},
        "response": {"status": "200", "etag": row.etag, "lastModified": call.store.time_of(row)},
    }
    return entry if row.deleted else entry | {"resource": call.store.shown(row)}


def _resource(call: Call, row: Row, status: int) -> Answer:
    modified = format_datetime(datetime.fromisoformat(row.updated), usegmt=True)
    return fhir(status, call.store.shown(row), ETag=row.etag, Last_Modified=modified)
