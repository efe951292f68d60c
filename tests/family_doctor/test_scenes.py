import pytest

from family_doctor.models import CareTeam, EpisodeOfCare
from portal.record.models import Patient
from portal.sandbox import cast

pytestmark = pytest.mark.django_db


def test_everybody_of_the_demo_has_the_contract_of_their_doctor():
    cast.seed()
    patients = Patient.objects.exclude(general_practitioner=None)
    active = EpisodeOfCare.objects.filter(status="active")
    assert active.count() == patients.count() > 30
    chen = active.get(patient__his_id="chen")
    assert chen.team.doctor.his_id == "dr-li"


def test_seeding_twice_signs_nothing_twice():
    cast.seed()
    before = EpisodeOfCare.objects.count(), CareTeam.objects.count()
    cast.seed()
    assert (EpisodeOfCare.objects.count(), CareTeam.objects.count()) == before
