"""Let people arrive, journalled and not, in turns: `python -m tests.bench.arriving`."""

from __future__ import annotations

import json
import time
from unittest import mock

import django

django.setup()

from django.utils import timezone

from consult.models import Appointment, Encounter
from consult.queueing import arrive
from portal.accounts.actor import Actor
from portal.audit import journal
from tests.factories.people import PatientFactory, PractitionerFactory, UserFactory
from tests.factories.visits import EncounterFactory, SlotFactory

ROUNDS = 5
EACH = 30


def a_round(doctor) -> float:
    """Milliseconds for one person to arrive."""
    visits = [
        EncounterFactory(appointment__patient=PatientFactory(general_practitioner=doctor))
        for _each in range(EACH)
    ]
    # Everybody's time is now: nobody comes too early.
    Appointment.objects.filter(encounter__in=visits).update(start=timezone.now())
    Encounter.objects.filter(pk__in=[visit.pk for visit in visits]).update(
        promised_at=timezone.now()
    )
    actors = [Actor.of(visit.patient.user) for visit in visits]
    began = time.perf_counter()
    for actor, visit in zip(actors, visits, strict=True):
        arrive(actor, visit)
    return (time.perf_counter() - began) / EACH * 1000


def main() -> None:
    seen: dict[str, list[float]] = {"with": [], "without": []}
    doctor = PractitionerFactory()
    a_round(doctor)  # everything is loaded once
    for _round in range(ROUNDS):
        seen["with"].append(a_round(PractitionerFactory(organization=doctor.organization)))
        with mock.patch.object(journal, "write"):
            seen["without"].append(a_round(PractitionerFactory(organization=doctor.organization)))
    print(json.dumps(seen))


if __name__ == "__main__":
    for factory in (PatientFactory, PractitionerFactory, UserFactory, SlotFactory):
        factory.reset_sequence(100_000, force=True)  # beside the people of the other measures
    main()
