"""What two servers do at one moment. On PostgreSQL only: these need real row locks."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from family_doctor import enrolling, rules
from family_doctor.models import EpisodeOfCare
from portal.accounts import limits, phones, proving, second_factor
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.workflow import Refused
from tests.factories.people import PatientFactory, PractitionerFactory, UserFactory
from tests.factories.teams import CareTeamFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
CROWD = 6


def connected():
    """A busy machine may take longer to connect than a page may wait."""
    for _ in range(5):
        try:
            return connection.ensure_connection()
        except OperationalError:
            connection.close()
    raise OperationalError


def at_once(deed, *given):
    """Run the deed in many threads at one moment; what each returned or raised."""
    start = Barrier(CROWD)

    def run(number):
        try:
            connected()
            start.wait(60)
            return deed(*(argument[number] for argument in given))
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as threads:
        return list(threads.map(run, range(CROWD)))


def test_one_number_becomes_one_account():
    found = at_once(lambda: phones.resident_or_new("+8613812345678").pk)
    assert len(set(found)) == 1
    assert User.objects.count() == 1


def test_many_guesses_at_one_moment_are_still_five():
    found = at_once(lambda: limits.spend("code-wrong", "+8613812345678"))
    assert sum(answer is None for answer in found) == 5
    assert sum(isinstance(answer, limits.TooMany) for answer in found) == CROWD - 5


def test_one_app_code_is_taken_once():
    user = UserFactory(role="doctor")
    second_factor.enrol_totp(user, "JBSWY3DPEHPK3PXP")
    code = proving.format_hotp_value(
        proving.hotp_value("JBSWY3DPEHPK3PXP", next(proving.yield_hotp_counters_from_time()) + 1)
    )
    found = at_once(lambda: proving.totp(user, code))
    assert sum(answer is not None for answer in found) == 1


def test_a_resident_who_asks_twice_at_one_moment_has_asked_once():
    team = CareTeamFactory()
    patient = PatientFactory(general_practitioner=None, organization=team.organization)
    actor = Actor.of(patient.user)
    found = at_once(lambda: enrolling.ask(actor, team).pk)
    assert len(set(found)) == 1


@pytest.fixture
def slow_look(monkeypatch):
    """Between looking for a place and taking it, everybody has time to look."""
    look = rules.has_no_place

    def slowly(team):
        found = look(team)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(rules, "has_no_place", slowly)


def test_the_last_place_in_a_team_is_given_once(slow_look):
    doctor = PractitionerFactory()
    team = CareTeamFactory(doctor=doctor, capacity=1)
    residents = [
        PatientFactory(general_practitioner=None, organization=team.organization)
        for _ in range(CROWD)
    ]
    asked = [enrolling.ask(Actor.of(person.user), team) for person in residents]
    found = at_once(lambda contract: enrolling.accept(Actor.of(doctor.user), contract), asked)
    assert sum(isinstance(answer, Refused) for answer in found) == CROWD - 1
    assert EpisodeOfCare.objects.filter(status="active").count() == 1
