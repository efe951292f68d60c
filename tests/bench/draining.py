"""Drain an hour's outage of the hospital: `python -m tests.bench.draining` prints JSON.

Three ways in turns to bring signed notes into one sandbox hospital, a process of its own:
the outbox as a worker empties it; the same documents posted bare, one after the other on one
connection; and bare by as many senders as the outbox has lanes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import django

django.setup()

import httpx
from django.conf import settings
from django.utils import timezone

from consult.models import ConsultationRecord
from portal.his.port import ConsultationNote
from portal.his.wire import outbound
from portal.outbox import relaying
from portal.outbox.models import OutboxMessage
from portal.outbox.putting import put
from tests.bench.ground import ROOT
from tests.factories.people import PatientFactory, PractitionerFactory, UserFactory
from tests.factories.visits import EncounterFactory, SlotFactory
from tests.servers import free_port

ROUNDS, NOTES = 5, 240
LANES = 8  # as portal.settings has it; the tests have one
TYPE = {"Content-Type": "application/fhir+json", "Prefer": "return=representation"}


@contextmanager
def hospital() -> Iterator[str]:
    """An empty sandbox hospital and its FHIR address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        words = ["sandbox_his", "--port", str(port), "--data", folder, "--empty"]
        process = subprocess.Popen(
            [sys.executable, "manage.py", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                raise RuntimeError("the sandbox hospital did not start")
            yield f"http://127.0.0.1:{port}/fhir"
        finally:
            process.terminate()
            process.wait(10)


def signed_notes(http: httpx.Client) -> list[ConsultationRecord]:
    """One signed note a resident, all known to the hospital."""
    doctor = PractitionerFactory(his_id="bench-doctor")
    known(http, "Practitioner", doctor.his_id)
    return [signed_note(http, doctor, number) for number in range(NOTES)]


def signed_note(http: httpx.Client, doctor, number: int) -> ConsultationRecord:
    his_id = f"bench-{number}"
    known(http, "Patient", his_id)
    patient = PatientFactory(general_practitioner=doctor, his_id=his_id)
    visit = EncounterFactory(appointment__patient=patient)
    return ConsultationRecord.objects.create(
        organization=visit.organization, encounter=visit, patient=patient, practitioner=doctor,
        status="final", signed_at=timezone.now(), signature="s" * 88,
        signed_bytes="病情稳定，继续原方案。\n" * 40,
    )  # fmt: skip


def known(http: httpx.Client, kind: str, his_id: str) -> None:
    http.put(f"/{kind}/{his_id}", json={"resourceType": kind, "id": his_id}).raise_for_status()


def drained(notes: list[ConsultationRecord]) -> float:
    """Notes a second through the outbox; every lane has one message that waited an hour."""
    for note in notes:
        put("his.consultation", note.organization_id, lane=str(note.patient_id),
            payload={"note": str(note.pk)})  # fmt: skip
    waiting = OutboxMessage.objects.filter(kind="his.consultation", state="pending")
    waiting.update(next_at=timezone.now() - timedelta(hours=1))
    began = time.perf_counter()
    relaying.relay_due()
    took = time.perf_counter() - began
    left = OutboxMessage.objects.filter(kind="his.consultation").exclude(state="done").count()
    if left:
        raise RuntimeError(f"{left} notes were not delivered")
    return len(notes) / took


def posted(http: httpx.Client, notes: list[ConsultationRecord], senders: int) -> float:
    """The same documents a second, bare."""
    bodies = [json.dumps(document(note), ensure_ascii=False).encode() for note in notes]

    def post(body: bytes) -> None:
        http.post("/DocumentReference", content=body, headers=TYPE).raise_for_status()

    began = time.perf_counter()
    if senders == 1:
        for body in bodies:
            post(body)
    else:
        with ThreadPoolExecutor(senders) as pool:
            list(pool.map(post, bodies))
    return len(notes) / (time.perf_counter() - began)


def document(note: ConsultationRecord) -> dict[str, object]:
    told = ConsultationNote(
        note.patient.his_id, note.practitioner.his_id, "Online follow-up", note.signed_at,
        note.signed_bytes.encode(), signature=note.signature,
    )  # fmt: skip
    return outbound.document(told, uuid.uuid4())


def main() -> None:
    seen: dict[str, list[float]] = {"drained": [], "sequential": [], "parallel": []}
    with hospital() as base, httpx.Client(base_url=base, timeout=30) as http:
        settings.HIS_BASE_URL, settings.OUTBOX_LANES = base, LANES
        notes = signed_notes(http)
        ways = [
            ("drained", lambda: drained(notes)),
            ("sequential", lambda: posted(http, notes, 1)),
            ("parallel", lambda: posted(http, notes, LANES)),
        ]
        for _name, way in ways:
            way()  # everything is loaded and connected once
        for turn in range(ROUNDS):
            for name, way in ways[turn % 3 :] + ways[: turn % 3]:
                seen[name].append(way())
    print(json.dumps(seen))


if __name__ == "__main__":
    for factory in (PatientFactory, PractitionerFactory, UserFactory, SlotFactory):
        factory.reset_sequence(300_000, force=True)  # beside the people of the other measures
    main()
