"""Who wants the times of P6, and the times: `python -m tests.bench.booking` prints JSON."""

from __future__ import annotations

import json
from datetime import timedelta

import django

django.setup()

from django.db import transaction
from django.utils import timezone

from consult.models import Slot
from portal.accounts.sessions import open_session
from portal.organization.models import HealthcareService
from tests.bench.registry import ROUNDS
from tests.consult.conftest import confirmed
from tests.factories.people import PatientFactory, PractitionerFactory, UserFactory
from tests.factories.visits import BookingDraftFactory

PEOPLE = 60


@transaction.atomic
def lay_out() -> dict[str, list[str]]:
    """Residents who have answered everything, and one time of their doctor for every round."""
    doctor = PractitionerFactory()
    HealthcareService.objects.create(
        organization=doctor.organization, code="p6", name="Follow-up",
        department=doctor.department, is_online=True,
    )  # fmt: skip
    people = PatientFactory.create_batch(PEOPLE, general_practitioner=doctor)
    for person in people:
        BookingDraftFactory(patient=confirmed(person))
    first = timezone.now().replace(microsecond=0) + timedelta(hours=30)
    quarter = timedelta(minutes=15)
    slots = [
        Slot.objects.create(
            organization=doctor.organization, practitioner=doctor,
            start=first + n * quarter, end=first + (n + 1) * quarter,
        )
        for n in range(ROUNDS)
    ]  # fmt: skip
    return {
        "cookies": [open_session(person.user) for person in people],
        "slots": [str(slot.pk) for slot in slots],
    }


if __name__ == "__main__":
    for factory in (PatientFactory, PractitionerFactory, UserFactory):
        factory.reset_sequence(200_000, force=True)  # beside the people of the other measures
    print(json.dumps(lay_out()))
