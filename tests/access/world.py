"""Two centres, the cast, and Chen's things: what the doors are tried on."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from consult.models import Communication, Encounter
from family_doctor.models import CareTeam, EpisodeOfCare
from portal.accounts.models import User
from portal.notification.models import Notification
from portal.payment.models import Invoice
from portal.registration.models import Registration
from tests.access.belongings import *  # noqa: F403 - fixtures
from tests.access.bills import *  # noqa: F403 - fixtures
from tests.delivery.crowd import parcels
from tests.factories import centre_day
from tests.factories.counter import RefillRequestFactory, counter_rows
from tests.factories.parcels import ZoneFactory
from tests.factories.people import PatientFactory, UserFactory


@pytest.fixture
def chen_daughter(centre):
    """Her daughter, who has no right of her own."""
    return UserFactory(role=User.Role.RESIDENT, full_name="Chen Lin", organization=centre)


@pytest.fixture
def registrar(centre):
    return UserFactory(role=User.Role.REGISTRAR, full_name="Qian Yi", organization=centre)


@pytest.fixture
def team(centre, dr_li):
    return CareTeam.objects.create(
        organization=centre,
        name="Team Li",
        doctor=dr_li,
        other_members=[{"name": "Zhou", "role": "nurse"}],
        services=["follow-up"],
    )


@pytest.fixture
def contract(centre, chen, team):
    """Chen asked for the team; Dr Li has not answered yet."""
    today = centre_day.today()
    return EpisodeOfCare.objects.create(
        organization=centre,
        patient=chen,
        team=team,
        services=["follow-up"],
        start=today,
        end=today + timedelta(days=365),
        signed_at=timezone.now(),
    )


@pytest.fixture
def room(encounter):
    """The conversation is open and holds one message of Chen's."""
    Communication.objects.create(
        encounter=encounter,
        seq=1,
        client_id=uuid.uuid4(),
        sender=encounter.patient.user,
        author_kind="resident",
        sent=timezone.now(),
        text="Good morning",
        fingerprint="x",
    )
    Encounter.objects.filter(pk=encounter.pk).update(
        status="in-progress", last_seq=1, started_at=timezone.now()
    )
    encounter.refresh_from_db()
    return encounter


@pytest.fixture
def notice(chen):
    return Notification.objects.create(user=chen.user, kind="x")


@pytest.fixture
def invoice(centre, chen):
    return Invoice.objects.create(organization=centre, patient=chen)


@pytest.fixture
def registration(centre, chen_daughter):
    """Her daughter said who she is; two records match, so the registrar is asked."""
    return Registration.objects.create(
        organization=centre,
        user=chen_daughter,
        name="Chen Lin",
        birth_day="1980-01-01",
        status=Registration.Status.ON_HOLD,
        reason=Registration.Reason.AMBIGUOUS,
        authored_on=timezone.now(),
    )


@pytest.fixture
def strangers(other_centre, dr_zhao):
    """The same work, and a resident, at another centre."""
    roles = (User.Role.MANAGER, User.Role.REGISTRAR, User.Role.PHARMACIST, User.Role.COURIER)
    staff = [UserFactory(role=role, organization=other_centre) for role in roles]
    resident = UserFactory(role=User.Role.RESIDENT, organization=other_centre)
    PatientFactory(user=resident, general_practitioner=dr_zhao, name="Zhou Ming")
    return {user.role: user for user in [*staff, resident, dr_zhao.user]}


@pytest.fixture
def carried(centre, dr_li, wu):
    """A parcel of another resident, which Wu is to collect."""
    return parcels(
        centre, dr_li, ZoneFactory(organization=centre), 1, stage="assigned", courier=wu
    )[0]


@pytest.fixture
def refill(chen):
    """Chen asked for one medicine; its basket has the same name, so that one id serves both."""
    pk = uuid.uuid4()
    return RefillRequestFactory(pk=pk, basket=pk, patient=chen)


@pytest.fixture
def at_the_counter(chen, dr_li, sun):
    """A form to review, a paid fill to pack, a bag to collect and the lot it came from."""
    return counter_rows(chen, dr_li, sun)


@pytest.fixture
def world(
    team,
    contract,
    room,
    notice,
    invoice,
    registration,
    belongings,
    carried,
    refill,
    ordered,
    at_the_counter,
    paid,
):
    """Every row a door may be tried on, by name."""
    return {
        **belongings,
        **ordered,
        **at_the_counter,
        **paid,
        "team": team,
        "contract": contract,
        "encounter": room,
        "appointment": room.appointment,
        "notice": notice,
        "invoice": invoice,
        "registration": registration,
        "carried": carried,
        "refill": refill,
        "person": refill.patient,
    }
