"""Rows and times of P9 and P10: `python -m tests.bench.refilling home|decide` prints JSON."""

from __future__ import annotations

import json
import sys
import time
from statistics import median

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.actor import Actor
from portal.accounts.sessions import open_session
from portal.record.facts import AllergyFact, ConditionFact, MedicineFact
from portal.terminology import catalogue
from refill import listing, picturing, requesting
from refill.rules import Answers
from refill.triaging import Readings
from tests.factories.people import (
    OrganizationFactory,
    PatientFactory,
    PractitionerFactory,
    UserFactory,
)
from tests.factories.record import days_ago, record_of

ROUNDS, TIMES = 7, 20
TWELVE = (
    ("Amlodipine 5 mg", "C08CA01"), ("Metformin 500 mg", "A10BA02"),
    ("Atorvastatin 20 mg", "C10AA05"), ("Valsartan 80 mg", "C09CA03"),
    ("Aspirin 100 mg", "B01AC06"), ("Bisoprolol 5 mg", "C07AB07"),
    ("Omeprazole 20 mg", "A02BC01"), ("Levothyroxine 50 ug", "H03AA01"),
    ("Allopurinol 100 mg", "M04AA01"), ("Gliclazide 30 mg", "A10BB09"),
    ("Montelukast 10 mg", "R03DC03"), ("Calcium carbonate", "A12AA04"),
)  # fmt: skip


def resident(count: int):
    """Somebody who takes this many medicines, each for three more days."""
    person = PatientFactory()
    medicines = [
        MedicineFact(
            text=text, atc=atc, status="active", authored=days_ago(25), days_supply=28,
            reference=f"MedicationRequest/{atc}", course="continuous", dosage="1, once a day",
        )
        for text, atc in TWELVE[:count]
    ]  # fmt: skip
    hypertension = ConditionFact("Hypertension", "I10", clinical_status="active")
    record_of(
        person,
        medicines=medicines,
        allergies=[AllergyFact("", none_known=True)],
        conditions=[hypertension],
        observations=[],
    )
    return person


def home() -> dict[str, object]:
    """A resident with eight medicines, and how many questions the first page asks."""
    person = resident(8)
    cookie = open_session(person.user)
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    client.get("/home/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/home/")
    if page.content.decode().count("supply__name") != 8:
        raise RuntimeError("the first page does not show eight medicines")
    return {"cookie": cookie, "questions": len(asked)}


def decide() -> dict[str, list[float]]:
    """The whole picture of one request (rules and checks), in turns, in milliseconds."""
    rows = {"twelve": asked(resident(12)), "one": asked(resident(1))}
    seen: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(ROUNDS):
        for name in sorted(rows, reverse=bool(turn % 2)):
            seen[name].append(median(_took(rows[name]) for _ in range(TIMES)))
    return seen


def asked(person):
    """The first of the person's medicines, asked for."""
    marks = [row.supply.mark for row in listing.to_choose(person) if "mlodipine" in row.supply.name]
    basket = requesting.ask(Actor.of(person.user), person, marks, Answers(), Readings())
    return basket.requests[0]


def _took(row) -> float:
    began = time.perf_counter()
    (picture,) = picturing.pictures([row], row.patient.general_practitioner)
    if picture.answer.kind not in ("repeat", "reassess"):
        raise RuntimeError(picture.answer.sentence)
    return (time.perf_counter() - began) * 1000


def beside_others() -> None:
    """Names that the seeded people do not have, and no earlier run had."""
    first = int(time.time())
    for made in (OrganizationFactory, UserFactory, PractitionerFactory, PatientFactory):
        made.reset_sequence(first, force=True)


if __name__ == "__main__":
    catalogue.load()
    beside_others()
    print(json.dumps({"home": home, "decide": decide}[sys.argv[1]]()))
