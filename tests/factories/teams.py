from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from family_doctor.models import CareTeam
from tests.factories.people import PractitionerFactory


class CareTeamFactory(DjangoModelFactory):
    class Meta:
        model = CareTeam

    doctor = factory.SubFactory(PractitionerFactory)
    organization = factory.SelfAttribute("doctor.organization")
    name = factory.LazyAttribute(lambda team: f"Team of {team.doctor.name}")
    other_members = [{"name": "Nurse Hu", "role": "nurse"}]
    services = ["Basic medical care", "Public-health services"]
