"""Fill the bench's database: `python -m tests.bench.seeding ROOMS IDLE` prints who is in."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from portal.accounts.sessions import open_session
from tests.factories.people import PatientFactory, PractitionerFactory
from tests.factories.visits import EncounterFactory, SlotFactory


@transaction.atomic
def fill(rooms: int, idle: int) -> dict[str, list]:
    doctors = [PractitionerFactory() for _ in range(20)]
    made = []
    for number in range(rooms):
        doctor = doctors[number % len(doctors)]
        patient = PatientFactory(general_practitioner=doctor)
        encounter = EncounterFactory(appointment__patient=patient)
        made.append(
            {
                "room": str(encounter.pk),
                "resident": open_session(patient.user),
                "doctor": open_session(doctor.user),
            }
        )
    listeners = [
        open_session(PatientFactory(general_practitioner=doctors[0]).user) for _ in range(idle)
    ]
    return {"rooms": made, "idle": listeners}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    SlotFactory.reset_sequence(0)
    print(json.dumps(fill(int(sys.argv[1]), int(sys.argv[2]))))
