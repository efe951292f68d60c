"""A running hospital and a running telephone, each over real HTTP."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from portal.sandbox.hospital.door import open_door
from portal.sandbox.hospital.opening import today
from portal.sandbox.telephone import open_line


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        # No certificates to load for plain HTTP: that would cost more than the test.
        address = f"http://127.0.0.1:{server.port}"
        with httpx.Client(base_url=address, timeout=20, verify=False) as client:
            yield client
    finally:
        server.shutdown()
        server.server_close()
        server.leave()
        thread.join()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory):
    """The database of a hospital on its first day, made once."""
    folder = tmp_path_factory.mktemp("seeded")
    server = open_door(0, folder)
    server.server_close()
    server.leave()
    return folder / "his.sqlite3"


@pytest.fixture
def his(seeded, tmp_path):
    """A client of a hospital with all its residents."""
    shutil.copy(seeded, tmp_path / "his.sqlite3")
    with running(open_door(0, tmp_path)) as client:
        yield client


@pytest.fixture
def empty_his(tmp_path):
    with running(open_door(0, tmp_path, empty=True)) as client:
        yield client


@pytest.fixture
def gateway(tmp_path):
    with running(open_line(0, tmp_path)) as client:
        yield client


@pytest.fixture
def tomorrow():
    return today() + timedelta(days=1)


@pytest.fixture
def search(his):
    """The ids that a search finds, in order, of the first page."""

    def ask(kind, **asked):
        answer = his.get(
            f"/fhir/{kind}", params={k.replace("__", "-"): v for k, v in asked.items()}
        )
        assert answer.status_code == 200, answer.text
        found = [e["resource"] for e in answer.json().get("entry", ())]
        return [r["id"] for r in found if r["resourceType"] == kind]

    return ask


@pytest.fixture
def appointment(tomorrow):
    """An appointment of Chen with Dr Li as the portal would send it."""

    def of(slot, patient="chen", **more):
        return {
            "resourceType": "Appointment",
            "status": "booked",
            "slot": [{"reference": f"Slot/{slot}"}],
            "start": f"{tomorrow}T10:00:00+08:00",
            "end": f"{tomorrow}T10:15:00+08:00",
            "participant": [
                {"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"},
                {"actor": {"reference": "Practitioner/dr-li"}, "status": "accepted"},
            ],
            **more,
        }

    return of


@pytest.fixture
def slot(tomorrow):
    """A free time of Dr Li tomorrow at ten."""
    return f"slot-dr-li-{tomorrow:%Y%m%d}-1000"


@pytest.fixture
def note():
    """A small document about Chen."""

    def of(value="n-1"):
        return {
            "resourceType": "DocumentReference",
            "status": "current",
            "masterIdentifier": {"system": "urn:portal", "value": value},
            "type": {"text": "Online follow-up"},
            "subject": {"reference": "Patient/chen"},
            "content": [{"attachment": {"contentType": "text/plain", "data": "d2VsbA=="}}],
        }

    return of
