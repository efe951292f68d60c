"""A centre that works online, and residents whose identity is confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from consult.models import Encounter
from family_doctor.models import CareTeam, EpisodeOfCare
from portal.organization.models import HealthcareService
from portal.record.models import ConsentText, RecordSection
from tests.consult.stages import (  # noqa: F401 (a visit in its stages)
    doctor,
    drafted,
    judged,
    key,
    seen,
    talk,
    written,
)
from tests.factories import centre_day
from tests.factories.teams import CareTeamFactory
from tests.factories.visits import BookingDraftFactory, SlotFactory


@pytest.fixture
def online(centre):
    """General practice is offered online (R29), and there is a text to agree to (R11)."""
    HealthcareService.objects.create(
        organization=centre, code="gp", name="Follow-up", department="General practice",
        is_online=True,
    )  # fmt: skip
    for kind in ConsentText.Kind:
        ConsentText.objects.create(
            kind=kind, version=1, language="en", title=f"About {kind}", body="…",
            valid_from=timezone.now(),
        )  # fmt: skip
    return centre


def confirmed(patient):
    """Identity confirmed, and under contract with the doctor."""
    patient.verified_at = timezone.now()
    patient.save()
    own = patient.general_practitioner
    team = CareTeam.objects.filter(doctor=own).first() or CareTeamFactory(doctor=own)
    today = centre_day.today()
    EpisodeOfCare.objects.create(
        organization=patient.organization, patient=patient, team=team, status="active",
        services=team.services, start=today, end=today + timedelta(days=365),
        signed_at=timezone.now(), accepted_at=timezone.now(),
    )  # fmt: skip
    return patient


@pytest.fixture
def chen(chen, online):
    """71, long-term patient, identity confirmed."""
    return confirmed(chen)


@pytest.fixture
def neighbour(neighbour, online):
    return confirmed(neighbour)


@pytest.fixture
def slots(dr_li):
    """Four free times of Dr Li, from an hour or two from now."""
    first = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    quarter = timedelta(minutes=15)
    return [SlotFactory(practitioner=dr_li, start=first + n * quarter) for n in range(4)]


@pytest.fixture
def answered(chen):
    """Chen has answered everything and only has to choose a time."""
    return BookingDraftFactory(patient=chen)


@pytest.fixture
def known_record(chen):
    """The hospital knows Chen's hypertension, seen this week."""
    return RecordSection.objects.create(
        patient=chen,
        section="conditions",
        as_of=timezone.now(),
        entries=[
            {
                "text": "Hypertension",
                "icd10": "I10",
                "clinical_status": "active",
                "last_seen": centre_day.today().isoformat(),
            }
        ],
    )


@pytest.fixture
def agreed():
    """The ids of the consent texts of today."""
    return frozenset(str(pk) for pk in ConsentText.objects.values_list("pk", flat=True))


@pytest.fixture
def booked(actor, chen, dr_li, answered, slots):
    """Chen's appointment, booked through the door."""
    from consult import booking

    texts = frozenset(str(pk) for pk in ConsentText.objects.values_list("pk", flat=True))
    held = booking.hold(actor(chen), slots[0].pk, chen)
    return booking.confirm(actor(chen), held, texts)


@pytest.fixture
def visit(booked):
    return Encounter.objects.get(appointment=booked)
