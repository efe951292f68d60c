"""The cast: who stands where in every test."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import translation

from portal import catalogue as sentences
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.accounts.sessions import open_session
from portal.organization import directory
from portal.record import keyring
from portal.terminology import catalogue as shipped
from portal.terminology import parameters
from portal.terminology.models import RuleParameter
from tests import emptying, prepared
from tests.factories.people import (
    OrganizationFactory,
    PatientFactory,
    PractitionerFactory,
    UserFactory,
)
from tests.factories.visits import EncounterFactory
from tests.staging import pytest_configure  # noqa: F401 - its hooks

emptying.install()
sentences.compile_all()  # no part of a run reads Chinese before it is there
#: No test counts one question more because a minute went by.
directory.REMEMBERED_S = parameters.FRESH_FOR_S = 10**9
keyring.SCRYPT["n"] = 2  # hundreds of keys are made and opened; none has to withstand anybody

ON_SERVERS = {"postgresql", "long", "play", "browser", "django_db"}
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(config, items):
    """Leave out what this run cannot hold, and what a second database cannot change."""
    absent = set()
    if connection.vendor != "postgresql":
        absent |= {"postgresql", "long"}
    if not SHARED.exists():
        absent.add("shared_data")
    left_out = [
        item
        for item in items
        if absent & (marks := {mark.name for mark in item.iter_markers()})
        or (connection.vendor == "postgresql" and not marks & ON_SERVERS and _is_alone(item))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_alone(item):
    """Whether a test touches no database at all: it runs once, on SQLite."""
    return not {"db", "transactional_db"} & set(item.fixturenames)


def pytest_collection_finish(session):
    """What is loaded by now stays: an eighth of a run went into looking at it for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(autouse=True)
def _limits_and_centres_are_read_again():
    """What one test changed is not remembered by the next; within one nothing is read twice."""
    yield
    parameters.forget()
    directory._read.cache_clear()


@pytest.fixture(autouse=True)
def _the_language_is_chosen_again():
    """A page that one test read in Chinese does not make the next one speak it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb):
    """A copy of the database that an earlier run has made is migrated already."""
    return prepared.lay_out() or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_keepdb, django_db_blocker):
    """The shipped medicines, frequency terms and limits are loaded once; plays have no database."""
    with django_db_blocker.unblock():
        if any(map(_has_rows, request.session.items)) and not RuleParameter.objects.exists():
            shipped.load()
            prepared.keep()
    yield
    if prepared.is_embedded() and django_db_keepdb:
        with django_db_blocker.unblock():
            prepared.clear_away()


def _has_rows(item):
    return bool(item.get_closest_marker("django_db")) or not _is_alone(item)


@pytest.fixture
def catalogue(db):
    """The shipped medicines, frequency terms and limits, also after a test that emptied all."""
    if not RuleParameter.objects.exists():
        shipped.load()
    parameters.forget()


@pytest.fixture(autouse=True, scope="session")
def _nobody_else_at_the_end(django_db_setup, django_db_blocker):
    """Threads of servers under test may still hold a connection when the database is dropped."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )


@pytest.fixture
def centre(db):
    return OrganizationFactory(name="Yanghang Community Health Centre")


@pytest.fixture
def other_centre(db):
    return OrganizationFactory(name="Songnan Community Health Centre")


@pytest.fixture
def dr_li(centre):
    """Chen's family doctor."""
    return PractitionerFactory(name="Li Wei", organization=centre, his_id="dr-li")


@pytest.fixture
def dr_wang(centre):
    """Same centre, not hers."""
    return PractitionerFactory(name="Wang Fang", organization=centre, his_id="dr-wang")


@pytest.fixture
def dr_zhao(other_centre):
    """Another centre."""
    return PractitionerFactory(name="Zhao Min", organization=other_centre, his_id="dr-zhao")


@pytest.fixture
def chen(dr_li):
    """71, long-term patient."""
    return PatientFactory(name="Chen Guilan", general_practitioner=dr_li, his_id="chen")


@pytest.fixture
def neighbour(dr_li):
    """Another resident of the same doctor."""
    return PatientFactory(name="Xu Meifang", general_practitioner=dr_li, his_id="xu")


@pytest.fixture
def sun(centre):
    """The pharmacist."""
    return UserFactory(role=User.Role.PHARMACIST, full_name="Sun Li", organization=centre)


@pytest.fixture
def wu(centre):
    """The courier."""
    return UserFactory(role=User.Role.COURIER, full_name="Wu Qiang", organization=centre)


@pytest.fixture
def gao(centre):
    """The centre manager."""
    return UserFactory(role=User.Role.MANAGER, full_name="Gao Yun", organization=centre)


@pytest.fixture
def encounter(chen):
    """Chen and Dr Li have an appointment."""
    return EncounterFactory(appointment__patient=chen)


@pytest.fixture
def actor():
    """The actor of a patient, a practitioner or a user."""

    def of(person):
        return Actor.of(getattr(person, "user", person))

    return of


@pytest.fixture
def as_person():
    """A signed-in browser of a patient, a practitioner or a user, second factor and all."""

    def sign_in(person):
        client = Client()
        key = open_session(getattr(person, "user", person))
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client

    return sign_in
