"""Fill the bench's database: `python -m tests.bench.seeding ROOMS IDLE` prints who is in."""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from consult.models import Encounter
from portal.accounts.sessions import open_session
from portal.record.models import Patient
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


def again() -> dict[str, list]:
    """Sign the same people in anew: whoever sat still for a while is asked who they are."""
    visits = Encounter.objects.select_related("patient__user", "practitioner__user")
    made = [
        {
            "room": str(visit.pk),
            "resident": open_session(visit.patient.user),
            "doctor": open_session(visit.practitioner.user),
        }
        for visit in visits.order_by("promised_at", "pk")
    ]
    listeners = Patient.objects.exclude(pk__in=visits.values("patient"))
    return {"rooms": made, "idle": [open_session(one.user) for one in listeners]}


if __name__ == "__main__":
    if sys.argv[1:] == ["again"]:
        print(json.dumps(again()))
        raise SystemExit
    call_command("migrate", verbosity=0)
    SlotFactory.reset_sequence(0)
    print(json.dumps(fill(int(sys.argv[1]), int(sys.argv[2]))))
