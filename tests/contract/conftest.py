from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from django.core.cache import cache

from portal.his import connecting
from portal.his.auth import Fixed
from portal.his.client import Client
from portal.his.fhir import FhirHis
from portal.his.terms import Capabilities, HisRef, Identifier, PatientFact
from portal.record.facts import AllergyFact, Coding, ConditionFact, MedicineFact
from portal.sandbox.hospital.door import open_door
from portal.trusting import authorities
from tests.contract import other_his_people
from tests.contract.fake_his import FakeHis
from tests.contract.other_his import OtherHis
from tests.contract.other_his_search import PARAMETERS

NUMBER = "urn:oid:2.16.156.10011.1.3"


class Names(dict):
    """Under which ids a hospital has the cast: under their names, unless it counts."""

    def __missing__(self, name):
        return name


CAST = Names()
#: Two servers that conform and share hardly a habit.
HABITS = {
    "cloud": {},
    "cabinet": {
        "location": "relative", "prefers": False, "etag": '"{}"', "next_link": "root",
        "noise": False, "strict": True, "post_search": False, "transactions": False, "taken": 422,
        "unknown": frozenset({"_sort", "_count", "_include", "family", "name"}), "total": True,
        "content_type": "application/json", "http10": True, "most_rows": 7,
    },
    "proxy": {
        "location": "none", "etag": "{}", "next_link": "query", "gzip": True, "chunked": True,
        "taken": 412, "types": frozenset(PARAMETERS) - {"PractitionerRole"},
    },
}  # fmt: skip


class Sandbox:
    """The sandbox hospital over real HTTP, with its switches in reach."""

    def __init__(self, folder, bundles=None):
        self.server = open_door(0, folder, bundles)
        self.base = f"http://127.0.0.1:{self.server.port}/fhir"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.server.port}/_sandbox/", verify=authorities()
        )

    def trouble(self, **switches):
        assert self.http.post("trouble", json=switches).status_code == 200

    def heal(self):
        self.http.post("heal")

    def happen(self, name, **words):
        answer = self.http.post(name, json=words)
        assert answer.status_code == 200, answer.text

    def rows(self, query):
        """What the hospital holds, asked behind the adapter's back."""
        bundle = httpx.get(f"{self.base}/{query}", verify=authorities(), timeout=10).json()
        return [entry["resource"] for entry in bundle.get("entry", [])]

    def stop(self):
        self.http.close()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture(scope="session")
def sandbox_of_the_session(tmp_path_factory):
    place = Sandbox(tmp_path_factory.mktemp("his"))
    yield place
    place.stop()


@pytest.fixture
def sandbox(sandbox_of_the_session):
    """Healed before and after, and no breaker left open by another test."""
    sandbox_of_the_session.heal()
    cache.clear()
    yield sandbox_of_the_session
    sandbox_of_the_session.heal()
    connecting.forget()
    cache.clear()


@pytest.fixture
def adapter(sandbox):
    """The adapter on the sandbox, before any probe."""
    client = Client(sandbox.base, Fixed(), authorities())
    yield FhirHis(client, Capabilities())
    client.close()


@pytest.fixture
def transactions(adapter):
    """The adapter as after a probe of a HIS that leaves the slot to us."""
    able = replace(adapter.capabilities, booking="transaction", transaction=True)
    return FhirHis(adapter.client, able)


@pytest.fixture
def fake():
    """The same cast in memory."""
    his = FakeHis()
    tomorrow = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    times = [tomorrow + timedelta(days=1, minutes=15 * n) for n in range(12)]
    for doctor in ("dr-li", "dr-wang", "dr-zhao"):
        his.add_doctor(doctor, times)
    _people(his)
    return his


def _people(his):
    def person(name, names, born, *numbers, **facts):
        ref = HisRef("Patient", name, "1")
        known = tuple(Identifier(NUMBER, number) for number in numbers)
        return PatientFact(ref, names[0], names, born, "female", known, **facts)

    chen = person("chen", ("陈桂兰", "Chen Guilan"), date(1955, 3, 8), "31011019550308022X")
    his.add_patient(
        chen,
        allergies=[AllergyFact("Sulfonamides", (Coding("http://www.whocc.no/atc", "J01E"),))],
        conditions=[ConditionFact("Hypertension", "I10"), ConditionFact("Diabetes", "E11.9")],
        medicines=[MedicineFact("Amlodipine", "C08CA01"), MedicineFact("Metformin", "A10BA02")],
    )
    his.add_patient(person("xu", ("许美芳", "Xu Meifang"), date(1958, 1, 1)))
    his.add_patient(person("sun-fusheng", ("孙福生",), date(1953, 1, 20), "310110195301200430"))
    his.add_patient(
        person("sun-fusheng-old", ("孙福生",), date(1953, 1, 20), replaced_by="sun-fusheng")
    )


@pytest.fixture
def other():
    """A hospital of somebody else's make, with the habits asked for; ends with the test."""
    opened = []

    def _other(**habits):
        server = OtherHis(**habits)
        server.names = Names(other_his_people.fill(server))
        client = Client(server.base, Fixed(), authorities())
        server.adapter = FhirHis(client, Capabilities())
        opened.append(server)
        return server

    cache.clear()
    yield _other
    for server in opened:
        server.adapter.client.close()
        server.stop()
    cache.clear()


@pytest.fixture(params=["fake", "sandbox", "sandbox with transactions", *HABITS])
def his(request):
    """One port, several implementations: what holds for one holds for all."""
    if request.param in HABITS:
        server = request.getfixturevalue("other")(**HABITS[request.param])
        server.adapter.names = server.names
        return server.adapter
    names = {"fake": "fake", "sandbox": "adapter"}
    return request.getfixturevalue(names.get(request.param, "transactions"))


@pytest.fixture
def who(his):
    return getattr(his, "names", CAST)


@pytest.fixture
def free_slot(his, who):
    """A free time of a doctor, another one at each call."""
    given = set()

    def _free_slot(doctor="dr-li"):
        now = datetime.now(UTC)
        free = his.find_slots(who[doctor], now, now + timedelta(days=14)).value
        slot = next(one for one in free if one.ref.id not in given)
        given.add(slot.ref.id)
        return slot

    return _free_slot
