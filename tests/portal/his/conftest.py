from __future__ import annotations

import pytest
from django.core.cache import cache

from portal.his import connecting
from portal.his.auth import Fixed
from portal.his.client import Client
from portal.his.fhir import FhirHis
from portal.his.terms import Capabilities
from portal.trusting import authorities
from tests.portal.his.scripted import Scripted


@pytest.fixture(autouse=True)
def forgotten():
    """No breaker, no cached times, no pooled connection from another test."""
    cache.clear()
    yield
    connecting.forget()
    cache.clear()


@pytest.fixture
def hospital():
    """A HIS that does what the test says."""
    server = Scripted()
    yield server
    server.stop()


@pytest.fixture
def client(hospital):
    client = Client(hospital.base, Fixed(), authorities())
    yield client
    client.close()


@pytest.fixture
def his(client):
    """The adapter before any probe."""
    return FhirHis(client, Capabilities())


@pytest.fixture
def own_his(settings, hospital):
    """The centre's HIS is the scripted one."""
    settings.HIS_BASE_URL = hospital.base
    return hospital
