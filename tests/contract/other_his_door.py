"""The door of the second hospital system: HTTP as its house speaks it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit


class Refused(Exception):
    """A status and the code of its OperationOutcome."""

    def __init__(self, status, code="processing"):
        super().__init__(code)
        self.status, self.code = status, code


class Handler(BaseHTTPRequestHandler):
    """HTTP in the way of this house."""

    protocol_version = "HTTP/1.1"
    timeout = 10
    disable_nagle_algorithm = True

    def do_GET(self):
        length = int(self.headers.get("content-length") or 0)
        self.text = self.rfile.read(length).decode()
        self.server.seen.append((self.command, self.path))
        self.more = {}
        try:
            status, body = self._answer()
        except Refused as refused:
            issue = {"severity": "error", "code": refused.code}
            status, body = refused.status, {"resourceType": "OperationOutcome", "issue": [issue]}
        self._send(status, body)

    do_POST = do_PUT = do_GET

    def _answer(self):
        his, habits = self.server, self.server.habits
        if habits.busy > 0:
            habits.busy -= 1
            self.more = {"Retry-After": "7"}
            raise Refused(429, "throttled")
        address = urlsplit(self.path)
        inside = address.path.removeprefix(urlsplit(his.base).path).strip("/")
        parts, asked = [part for part in inside.split("/") if part], parse_qsl(address.query)
        token = dict(asked).get("_cursor") or (parts[1] if parts[:1] == ["paging"] else "")
        match self.command, parts:
            case "GET", _ if token:
                return 200, his.page(*his.pages[token])
            case "GET", ["metadata"]:
                return 200, self._statement()
            case "GET", [kind]:
                return 200, his.search(kind, asked)
            case "POST", [kind, "_search"]:
                if not habits.post_search:
                    raise Refused(405, "not-supported")
                return 200, his.search(kind, parse_qsl(self.text))
            case "GET", [kind, key]:
                if (kind, key) not in his.rows:
                    raise Refused(404, "not-found")
                return self._resource(200, kind, key, whole=True)
            case "POST", []:
                said = his.transaction(json.loads(self.text))
                kind = "transaction-response"
                return 200, {"resourceType": "Bundle", "type": kind, "entry": said}
            case "POST", [kind]:
                condition = self.headers.get("If-None-Exist", "")
                key, status = his.create(kind, json.loads(self.text), condition)
                return self._resource(status, kind, key)
            case "PUT", [kind, key]:
                his.update(kind, key, json.loads(self.text), self.headers.get("If-Match", ""))
                return self._resource(200, kind, key)
        raise Refused(404, "not-found")

    def _statement(self):
        return {
            "resourceType": "CapabilityStatement", "status": "active", "fhirVersion": "4.0.1",
            "kind": "instance", "date": "2020", "format": ["json"],
            "rest": [{"mode": "server", "resource": [{"type": "Patient"}]}],
        }  # fmt: skip

    def _resource(self, status, kind, key, *, whole=False):
        his, row = self.server, self.server.rows[kind, key]
        self.more["ETag"] = his.habits.etag.format(row.version)
        place = f"{kind}/{key}/_history/{row.version}"
        if his.habits.location != "none" and not whole:
            head = f"{his.base}/" if his.habits.location == "absolute" else ""
            self.more["Location"] = head + place
        wanted = his.habits.prefers and "representation" in self.headers.get("Prefer", "")
        shown = whole or wanted or his.habits.location == "none"
        return status, his.shown(kind, key) if shown else None

    def _send(self, status, body):
        habits = self.server.habits
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        if habits.gzip and raw:
            raw, self.more["Content-Encoding"] = gzip.compress(raw), "gzip"
        if habits.http10:
            self.protocol_version, self.close_connection = "HTTP/1.0", True
        self.send_response_only(status)
        self.more |= {"Content-Type": habits.content_type}
        self.more["Date"] = format_datetime(datetime.now(UTC), usegmt=True)
        if habits.chunked and not habits.http10:
            self.more["Transfer-Encoding"] = "chunked"
            raw = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (raw[:7], raw[7:]) if p)
            raw += b"0\r\n\r\n"
        elif not habits.http10:
            self.more["Content-Length"] = str(len(raw))
        for name, value in self.more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *words):
        """Quiet."""
