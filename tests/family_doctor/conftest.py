import pytest

from tests.factories.people import PatientFactory, UserFactory
from tests.factories.teams import CareTeamFactory


@pytest.fixture
def li_team(dr_li):
    return CareTeamFactory(doctor=dr_li)


@pytest.fixture
def wang_team(dr_wang):
    return CareTeamFactory(doctor=dr_wang)


@pytest.fixture
def zhao_team(dr_zhao):
    return CareTeamFactory(doctor=dr_zhao)


@pytest.fixture
def gu(centre):
    """A resident of the centre without a family doctor."""
    user = UserFactory(role="resident", full_name="Gu Yan", organization=centre)
    return PatientFactory(
        name="Gu Yan", organization=centre, general_practitioner=None, his_id="gu", user=user
    )


@pytest.fixture
def newcomer(centre):
    """An account that has not said who it is."""
    return UserFactory(role="resident", organization=None, full_name="")
