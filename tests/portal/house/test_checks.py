from __future__ import annotations

import pytest

from portal.checks import production_is_safe

LONG = "a long key that nobody could guess: "


@pytest.fixture
def production(settings):
    settings.SANDBOX = settings.DEBUG = False
    settings.SECURE = True
    settings.SECRET_KEY, settings.BLIND_INDEX_KEY = LONG + "1", LONG + "2"
    settings.JOURNAL_KEY = LONG + "3"
    settings.ALLOWED_HOSTS = ["hospital.example"]
    return settings


def errors():
    return {message.id for message in production_is_safe(None) if message.is_serious()}


def test_a_well_set_production_server_starts(production):
    assert errors() == set()


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("SANDBOX", True, "portal.E001"),
        ("DEBUG", True, "portal.E002"),
        ("SECURE", False, "portal.E003"),
        ("JOURNAL_KEY", "short", "portal.E004"),
        ("JOURNAL_KEY", LONG + "1", "portal.E005"),
        ("ALLOWED_HOSTS", ["*"], "portal.E006"),
    ],
)
def test_what_endangers_people_is_an_error(production, name, value, error):
    setattr(production, name, value)
    assert errors() == {error}
