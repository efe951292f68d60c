"""P7, P8, P13: the doctor's desk in a large district and beside a slow hospital; a first visit."""

from __future__ import annotations

import gzip
import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

import psycopg

from tests.bench.ground import Ground, Server
from tests.bench.registry import Result, in_turns, measure, result_of

APPLICATION = "portal.asgi:application"
DESK = "/consult/desk/"
PAGES = 30
MANY = 1_000_000
FEW = 1_000
BUDGET_KB = 60

EMPTY_TEXT = "''"
EMPTY = {"boolean": "false", "jsonb": "'[]'", "integer": "0", "smallint": "0"}
#: Visits of long ago of the doctor who looks: what a queue must not walk through.
HISTORY = """
    with doctor as (
        select p.id, p.organization_id, e.patient_id from record_practitioner p
        join consult_encounter e on e.practitioner_id = p.id where e.id = %(room)s
    ), slots as (
        insert into consult_slot (
            id, organization_id, practitioner_id, start, "end", status, his_ref, is_blocked)
        select gen_random_uuid(), organization_id, id, day + n * '1 min'::interval,
            day + n * '1 min'::interval + '30 s'::interval, 'busy', '', false
        from doctor, (select '1900-01-01'::timestamptz as day) first,
            generate_series(1, %(count)s) n
        returning id, organization_id, practitioner_id, start
    ), appointments as (
        insert into consult_appointment (id, organization_id, patient_id, practitioner_id, slot_id,
            start, status, status_reason, cancelled_by, reason, evidence, red_flags, created,
            his_ref, his_version{more_names})
        select gen_random_uuid(), s.organization_id, d.patient_id, s.practitioner_id, s.id, s.start,
            'fulfilled', '', '', '', '[]', '[]', s.start, '', ''{more_values}
        from slots s, doctor d returning id, organization_id, patient_id, practitioner_id, start
    )
    insert into consult_encounter (id, organization_id, appointment_id, patient_id, practitioner_id,
        status, status_reason, priority, promised_at, started_at, ended_at, last_seq{visit_names})
    select gen_random_uuid(), organization_id, id, patient_id, practitioner_id, 'finished', '', 5,
        start, start, start + '10 min'::interval, 0{visit_values} from appointments
"""


@measure("P7", "desk page at 1,000,000 visits ÷ at 1,000", at_most=1.2)
def large_district(ground: Ground) -> Result:
    large, small = ground.copied("bench_large"), ground.copied("bench_small")
    fill(large, ground.rooms[0]["room"], MANY)
    fill(small, ground.rooms[0]["room"], FEW)
    with (
        ground.server(APPLICATION, DATABASE_URL=large) as one,
        ground.server(APPLICATION, DATABASE_URL=small) as other,
    ):
        cookie = ground.rooms[0]["doctor"]
        mine, theirs = in_turns(
            lambda: _page_ms(one, DESK, cookie), lambda: _page_ms(other, DESK, cookie)
        )
    return result_of(mine, theirs, "ms", ("1,000,000", "1,000"))


@measure("P8", "desk page with a hospital that takes 2 s ÷ a quick one", at_most=1.1)
def slow_hospital(ground: Ground) -> Result:
    room = ground.rooms[0]
    page = f"/consult/desk/encounters/{room['room']}/"
    with (
        hospital(2.0) as slow,
        hospital(0.0) as quick,
        ground.server(APPLICATION, HIS_BASE_URL=slow) as one,
        ground.server(APPLICATION, HIS_BASE_URL=quick) as other,
    ):
        mine, theirs = in_turns(
            lambda: _page_ms(one, page, room["doctor"]),
            lambda: _page_ms(other, page, room["doctor"]),
        )
    return result_of(mine, theirs, "ms", ("slow", "quick"))


@measure(
    "P13", "compressed bytes of a first visit to the heaviest resident page ÷ 60 KB", at_most=1
)
def first_visit(ground: Ground) -> Result:
    room = ground.rooms[0]
    pages = {"/": "", "/home/": room["resident"]}
    pages[f"/consult/encounters/{room['room']}/"] = room["resident"]
    with ground.server(APPLICATION) as server:
        weights = {path: _weight_kb(server, path, cookie) for path, cookie in pages.items()}
    heaviest = max(weights.values())
    return result_of([heaviest], [BUDGET_KB], "KB", ("heaviest", "budget"), pages=weights)


def fill(url: str, room: str, count: int) -> None:
    """History of one doctor, written by the database itself; constraints hold as ever."""
    with psycopg.connect(url) as connection:
        facts = {"room": room, "count": count}
        connection.execute(_sql(connection), facts)
        connection.execute("analyze consult_encounter")


def _sql(connection: psycopg.Connection) -> str:
    """The columns that other migrations added have their plain empty value."""
    names = {"consult_appointment": ["", ""], "consult_encounter": ["", ""]}
    for table, parts in names.items():
        for column, kind in connection.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_name = %s and is_nullable = 'NO' and column_default is null",
            [table],
        ).fetchall():
            if not re.search(rf"{table} \([^)]*\b{column}\b", HISTORY):
                parts[0] += f", {column}"
                parts[1] += f", {EMPTY.get(kind, EMPTY_TEXT)}"
    visit, booked = names["consult_encounter"], names["consult_appointment"]
    return HISTORY.format(
        more_names=booked[0], more_values=booked[1], visit_names=visit[0], visit_values=visit[1]
    )


def _page_ms(server: Server, path: str, cookie: str) -> float:
    took = []
    for _ in range(PAGES):
        began = time.perf_counter()
        status, _body = _get(server, path, cookie)
        took.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
    return median(took)


def _get(server: Server, path: str, cookie: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Cookie": f"sessionid={cookie}", "Host": "127.0.0.1"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def _weight_kb(server: Server, path: str, cookie: str) -> float:
    """The page and all that its HTML and its modules ask for, compressed."""
    seen: dict[str, int] = {}
    waiting = [path]
    while waiting:
        address = waiting.pop()
        _status, body = _get(server, address, cookie)
        seen[address] = len(gzip.compress(body))
        found = re.findall(rb'(?:href|src)="(/static/[^"#]+)|from "\./([^"]+)"', body)
        for static, module in found:
            name = static.decode() or "/static/js/" + module.decode()
            if name not in seen and name not in waiting:
                waiting.append(name)
    return round(sum(seen.values()) / 1024, 1)


@contextmanager
def hospital(seconds: float) -> Iterator[str]:
    """A FHIR address that answers every question with nothing, after a while."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(seconds)
            body = b'{"resourceType": "Bundle", "type": "searchset", "entry": []}'
            self.send_response(200)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/fhir"
    finally:
        server.shutdown()
        server.server_close()
